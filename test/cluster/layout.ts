// What the parts of one cluster need to know about each other.
import { basename, dirname, join } from 'node:path'
import type { Binaries } from './binaries.ts'
import { contentKey } from './contentkey.ts'
import type { Pki } from './pki.ts'
import { binaryPath, type CONTROL_PLANE_BINARIES } from './recipes.ts'
import type { Network, Ports } from './slot.ts'

type ControlPlaneBinary = (typeof CONTROL_PLANE_BINARIES)[number]

/** The ground that the control plane stands on, whether nodes follow or not. */
export type Layout = {
  name: string
  folder: string
  pki: Pki
  ports: Ports
  /** The address that the API server listens at. */
  address: string
  serviceSubnet: string
  kubernetesAddress: string
  binaries: Binaries<ControlPlaneBinary>
}

/** The ground of a whole cluster: a control plane on this machine, and one node in a network namespace of its own. */
export type ClusterLayout = Layout & {
  slot: number
  network: Network
  binaries: Binaries
}

export function serverUrl(layout: Layout): string {
  return `https://${layout.address}:${layout.ports.apiserver}`
}

/** Where the API server writes who changed what. */
export function auditLog(layout: Layout): string {
  return join(layout.folder, 'audit.log')
}

export function nodeName(name: string): string {
  return `${name}-node`
}

/** The file that holds the node's network namespace open. */
export function namespaceFile(folder: string): string {
  return join(folder, 'node.netns')
}

/** Runs a program in the node's network and everything else as on this machine. */
export function onNode(folder: string, argv: readonly string[]): string[] {
  return ['nsenter', `--net=${namespaceFile(folder)}`, '--', ...argv]
}

export function containerdSocket(folder: string): string {
  return join(folder, 'containerd.sock')
}

/** The control group that all pods of the cluster live in: of this folder, for two caches may hold clusters of one name. */
export function cgroupRoot(folder: string): string {
  return `/tidegate-${basename(folder)}-${contentKey([folder])}`
}

export const CLUSTER_DOMAIN = 'cluster.local'
/** Holds a pod's namespaces open; named after what it is built from. */
export function pauseImage(): string {
  return `tidegate/pause:${basename(dirname(binaryPath('pause')))}`
}
