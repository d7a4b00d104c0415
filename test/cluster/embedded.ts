// A Kubernetes of our own on this machine, from the programs themselves: no Docker, no registry, nothing installed.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { applyAddons, untilNodeReady } from './addons.ts'
import { binaries, downloadSources, type Say } from './binaries.ts'
import { cacheFolder } from './cache.ts'
import { raiseCgroups } from './cgroups.ts'
import { AROUND, CONTROL_PLANE, NODE, partStatuses, startParts } from './clusterparts.ts'
import { sweepControlPlanes } from './controlplane.ts'
import { ensureBaseImage } from './images/baseimage.ts'
import { loadImages, loadPauseImage } from './images/load.ts'
import { tidyStorage } from './images/storage.ts'
import { ADMIN, kubeconfigFor } from './kubeconfig.ts'
import { auditLog, type ClusterLayout, serverUrl } from './layout.ts'
import { withLock } from './lock.ts'
import { hasNodeNetwork, raiseNodeNetwork, subnetsInUse } from './nodenetwork.ts'
import { runningPart } from './part.ts'
import { openPki } from './pki.ts'
import { preflight } from './preflight.ts'
import type { ClusterInfo, ClusterStatus, Provider } from './provider.ts'
import { ALL_BINARIES, CONTROL_PLANE_BINARIES } from './recipes.ts'
import { removeCluster, removeNode } from './removal.ts'
import { CLUSTER_SLOTS, networkOf, portsOf } from './slot.ts'
import { claimSlot, releaseSlot, slotOf } from './slots.ts'
import { together } from './together.ts'
import { rememberTunables, restoreTunables } from './tunables.ts'

const NAME = /^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/
// Unix sockets lie in the folder, and their paths end at 107 characters.
const LONGEST_FOLDER = 70

/** The embedded cluster of this name; clusters of several names run side by side. */
export function embedded(name: string): Provider {
  if (!NAME.test(name))
    throw new Error(`cluster name is "${name}", but must be 1 to 20 lowercase letters, digits and dashes; choose another`)
  const alone = <T>(work: () => Promise<T>) => withLock(join(cacheFolder('locks'), name), work)
  return {
    name: 'embedded',
    up: say => alone(() => up(name, say)),
    down: say => alone(() => down(name, say)),
    status: () => Promise.resolve(status(name)),
    load: (images, say) => loadImages(runningFolder(name), images, say),
  }
}

async function up(name: string, say: Say): Promise<ClusterInfo> {
  const folder = folderOf(name)
  checkFolder(folder)
  await together([preflight('cluster', say), downloadSources(ALL_BINARIES)])
  // The first ones apart, because a test of the API may wait for them; Debian's packages come meanwhile.
  await together([binaries(CONTROL_PLANE_BINARIES, say).then(() => binaries(ALL_BINARIES, say)), ensureBaseImage(say)])
  // Written before anything starts, so that "down" knows of whatever a crash leaves.
  rememberTunables()
  const slot = await claimSlot({ holder: { folder }, from: 0, to: CLUSTER_SLOTS, refuse: subnetsInUse })
  if (!hasNodeNetwork(folder)) await removeNode(folder)
  const layout = await layoutOf(name)
  await raiseNodeNetwork(layout)
  raiseCgroups(folder)
  say(`starting cluster ${name} (slot ${slot})`)
  for (const row of CONTROL_PLANE) await startParts(layout, row)
  const kubeconfig = await kubeconfigFor({ pki: layout.pki, server: serverUrl(layout), name: `tidegate-${name}` }, ADMIN)
  await together([startParts(layout, AROUND), applyAddons(layout, kubeconfig)])
  await loadPauseImage(folder)
  await startParts(layout, NODE)
  await untilNodeReady(layout, kubeconfig)
  const info = infoOf(layout, kubeconfig)
  writeFileSync(infoFile(folder), JSON.stringify(info, null, 2))
  return info
}

async function down(name: string, say: Say): Promise<void> {
  await sweepControlPlanes()
  const folder = folderOf(name)
  const slot = slotOf(folder, CLUSTER_SLOTS)
  if (!existsSync(folder) && slot === undefined) return say(`there is no cluster ${name}`)
  say(`removing cluster ${name}`)
  rmSync(infoFile(folder), { force: true })
  await removeCluster(folder, slot)
  if (slot !== undefined) releaseSlot(slot)
  await tidyStorage()
  restoreTunables()
}

function status(name: string): ClusterStatus {
  const folder = folderOf(name)
  if (!existsSync(folder)) return { parts: [] }
  const file = infoFile(folder)
  const info = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ClusterInfo) : undefined
  return { info, parts: partStatuses(folder) }
}

async function layoutOf(name: string): Promise<ClusterLayout> {
  const folder = folderOf(name)
  const slot = slotOf(folder, CLUSTER_SLOTS)
  if (slot === undefined) throw new Error(`there is no cluster ${name}; make it with: npm run cluster -- up --name ${name}`)
  const network = networkOf(slot)
  return {
    name,
    folder,
    slot,
    network,
    pki: await openPki(join(folder, 'pki')),
    ports: portsOf(slot),
    address: network.hostAddress,
    serviceSubnet: network.serviceSubnet,
    kubernetesAddress: network.kubernetesAddress,
    binaries: await binaries(ALL_BINARIES),
  }
}

function infoOf(layout: ClusterLayout, kubeconfig: string): ClusterInfo {
  return {
    name: layout.name,
    provider: 'embedded',
    kubeconfig,
    kubectl: layout.binaries.kubectl,
    helm: layout.binaries.helm,
    ingressUrl: `http://127.0.0.1:${layout.ports.ingress}`,
    ingressClass: 'traefik',
    auditLog: auditLog(layout),
  }
}

function runningFolder(name: string): string {
  const folder = folderOf(name)
  if (runningPart(folder, 'containerd') === undefined) {
    throw new Error(`cluster ${name} does not run; start it with: npm run cluster -- up --name ${name}`)
  }
  return folder
}

function folderOf(name: string): string {
  return join(cacheFolder('clusters'), name)
}

function infoFile(folder: string): string {
  return join(folder, 'cluster.json')
}

function checkFolder(folder: string): void {
  if (folder.length <= LONGEST_FOLDER) return
  throw new Error(
    `${folder} has ${folder.length} characters, but sockets in it allow ${LONGEST_FOLDER}; choose a shorter XDG_CACHE_HOME or name`,
  )
}
