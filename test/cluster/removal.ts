// Takes a cluster off this machine, whatever state it is in, and leaves nothing: no process, mount, link, group or file.
import { globSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { dropCgroups } from './cgroups.ts'
import { unmountBelow } from './mounts.ts'
import { dropNodeNetwork } from './nodenetwork.ts'
import { killStrays, stopPart } from './part.ts'

const LEGACY_LOGS = '/var/log/containers'

/** Stops the node and everything on it: programs first, so that nobody starts anew what is being removed. */
export async function removeNode(folder: string): Promise<void> {
  for (const part of ['kubelet', 'kube-proxy', 'containerd']) await stopPart(folder, part)
  await dropCgroups(folder)
  const sockets = shimSockets(folder)
  await killStrays(folder)
  for (const socket of sockets) rmSync(socket, { force: true })
  await unmountBelow(folder)
  // Images are in containerd/root and stay: only what ran is gone.
  for (const rest of ['containerd/state', 'ipam', 'kubelet', 'podlogs']) rmSync(join(folder, rest), { recursive: true, force: true })
  removeLogLinks(folder)
}

/** Removes the whole cluster. */
export async function removeCluster(folder: string, slot: number | undefined): Promise<void> {
  // Nothing is kept, so nothing need end in order: what carries the folder in its environment is ours.
  await killStrays(folder)
  await removeNode(folder)
  if (slot !== undefined) await dropNodeNetwork(folder, slot)
  await unmountBelow(folder)
  rmSync(folder, { recursive: true, force: true })
}

// Each pod's watchman listens at a socket outside of our folder, and leaves it behind when it is killed.
function shimSockets(folder: string): string[] {
  const files = globSync(join(folder, 'containerd/state/io.containerd.runtime.v2.task/k8s.io/*/address'))
  return files.map(file =>
    readFileSync(file, 'utf8')
      .trim()
      .replace(/^unix:\/\//, ''),
  )
}

// The kubelet links every container's log here, in a place that cannot be configured.
function removeLogLinks(folder: string): void {
  for (const name of readLinks()) {
    if (readlinkSync(join(LEGACY_LOGS, name)).startsWith(`${folder}/`)) rmSync(join(LEGACY_LOGS, name))
  }
}

function readLinks(): string[] {
  try {
    return readdirSync(LEGACY_LOGS, { withFileTypes: true }).flatMap(entry => (entry.isSymbolicLink() ? [entry.name] : []))
  } catch {
    return []
  }
}
