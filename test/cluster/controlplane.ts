// An API server with etcd and nothing else, in seconds: enough for tests that need a real API but no pods.
import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { binaries, type Say } from './binaries.ts'
import { cacheFolder } from './cache.ts'
import { ADMIN, type Front, kubeconfigFor, kubeconfigOfFront, type User } from './kubeconfig.ts'
import { auditLog, type Layout, serverUrl } from './layout.ts'
import { ownProcess, signal } from './ownprocess.ts'
import { type Part, runningPart, startPart, stopPart } from './part.ts'
import { apiserver } from './parts/apiserver.ts'
import { controllers } from './parts/controllers.ts'
import { etcd } from './parts/etcd.ts'
import { caFile, issue, openPki, type Subject } from './pki.ts'
import { preflight } from './preflight.ts'
import { CONTROL_PLANE_BINARIES } from './recipes.ts'
import { SECOND_SERVER, type SecondServer, startSecondServer } from './secondserver.ts'
import { ALL_SLOTS, CLUSTER_SLOTS, portsOf } from './slot.ts'
import { claimSlot, type Holder, holderOf, isAbandoned, releaseSlot } from './slots.ts'

export type ControlPlaneOptions = {
  /** Run the controller manager, whole or only the controllers named, such as `garbage-collector-controller`. */
  controllers?: boolean | readonly string[]
  /** Told what takes long, such as the first build of the binaries. */
  say?: Say
}

export type ControlPlanePart = 'etcd' | 'kube-apiserver' | 'kube-controller-manager'

/** A control plane of this process; it ends with the process at the latest. */
export type ControlPlane = {
  name: string
  server: string
  caFile: string
  /** Path of a kubeconfig that may do anything. */
  kubeconfig: string
  /** Path of the audit log: one JSON event per line and write. */
  auditLog: string
  kubectl: string
  /** Path of a kubeconfig for another user. */
  kubeconfigFor: (user: User) => Promise<string>
  /** Path of a kubeconfig for a server in front of the API server. */
  kubeconfigOfFront: (front: Front) => string
  /** Files of a certificate of this control plane's own authority. */
  issue: (subject: Subject) => Promise<{ cert: string; key: string }>
  /** Takes one part away and brings it back, to see what its users make of it. */
  stopPart: (name: ControlPlanePart) => Promise<void>
  startPart: (name: ControlPlanePart) => Promise<void>
  /** Kills a part (`startPart` brings it back), or makes it hang and go on. */
  signalPart: (name: ControlPlanePart, how: NodeJS.Signals) => void
  /** Another API server on the same etcd; at most one. */
  secondServer: () => Promise<SecondServer>
  stop: () => Promise<void>
}

// Loopback only: nothing but this machine's tests talks to it.
const ADDRESS = '127.0.0.1'
const SERVICE_SUBNET = '10.96.0.0/16'
const KUBERNETES_ADDRESS = '10.96.0.1'

/** Starts a control plane; several can run side by side. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  await preflight('controlplane', options.say ?? (() => {}))
  const built = await binaries(CONTROL_PLANE_BINARIES, options.say)
  await sweepControlPlanes()
  const name = `controlplane-${randomUUID().slice(0, 8)}`
  const folder = cacheFolder('controlplanes', name)
  const slot = await claimSlot({ holder: { folder, process: ownProcess(process.pid, '') }, from: CLUSTER_SLOTS, to: ALL_SLOTS })
  const layout: Layout = {
    name,
    folder,
    pki: await openPki(join(folder, 'pki')),
    ports: portsOf(slot),
    address: ADDRESS,
    serviceSubnet: SERVICE_SUBNET,
    kubernetesAddress: KUBERNETES_ADDRESS,
    binaries: built,
  }
  const parts = await partsOf(layout, options.controllers ?? false)
  const killAll = () => kill(folder)
  process.once('exit', killAll)
  const beside: (() => Promise<void>)[] = []
  const stop = async () => {
    await stopAll(folder)
    for (const close of beside) await close()
    releaseSlot(slot)
    process.off('exit', killAll)
  }
  try {
    for (const part of parts) await startPart(folder, part)
    const secondServer = async () => {
      const second = await startSecondServer(layout)
      beside.push(second.close)
      return second
    }
    return { ...(await handle(layout, parts)), secondServer, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function partsOf(layout: Layout, wanted: boolean | readonly string[]): Promise<Part[]> {
  const parts = [etcd(layout), await apiserver(layout, { serviceAccounts: wanted === true, announced: false })]
  if (wanted !== false) parts.push(await controllers(layout, wanted === true ? ['*'] : wanted))
  return parts
}

async function handle(layout: Layout, parts: readonly Part[]): Promise<Omit<ControlPlane, 'secondServer' | 'stop'>> {
  const target = { pki: layout.pki, server: serverUrl(layout), name: layout.name }
  return {
    name: layout.name,
    server: target.server,
    caFile: caFile(layout.pki),
    kubeconfig: await kubeconfigFor(target, ADMIN),
    auditLog: auditLog(layout),
    kubectl: layout.binaries.kubectl,
    kubeconfigFor: user => kubeconfigFor(target, user),
    kubeconfigOfFront: front => kubeconfigOfFront(target, front),
    issue: subject => issue(layout.pki, subject),
    stopPart: name => stopPart(layout.folder, name),
    startPart: async name => {
      const part = parts.find(candidate => candidate.name === name)
      if (part === undefined) throw new Error(`part is ${name}, but this control plane has ${parts.map(one => one.name).join(', ')}`)
      await startPart(layout.folder, part)
    },
    signalPart: (name, how) => {
      const running = runningPart(layout.folder, name)
      if (running === undefined) throw new Error(`${name} does not run, so it cannot be sent ${how}`)
      signal(running, how)
    },
  }
}

const ORDER: readonly string[] = ['kube-controller-manager', SECOND_SERVER, 'kube-apiserver', 'etcd']

// Nothing is kept, so nothing need end in order.
async function stopAll(folder: string): Promise<void> {
  kill(folder)
  for (const name of ORDER) await stopPart(folder, name)
  rmSync(folder, { recursive: true, force: true })
}

// At the exit of a process nothing can be waited for any more.
function kill(folder: string): void {
  for (const name of ORDER) {
    const running = runningPart(folder, name)
    if (running) signal(running, 'SIGKILL')
  }
}

/** Removes what control planes left whose processes were killed. */
export async function sweepControlPlanes(): Promise<void> {
  for (let slot = CLUSTER_SLOTS; slot < ALL_SLOTS; slot += 1) {
    const holder: Holder | undefined = holderOf(slot)
    if (holder === undefined || !isAbandoned(holder)) continue
    await stopAll(holder.folder)
    releaseSlot(slot)
  }
}
