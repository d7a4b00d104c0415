// Maps a slot number to ports, subnets and names, so that clusters side by side never meet.

export type Ports = {
  etcd: number
  etcdPeer: number
  apiserver: number
  controllers: number
  scheduler: number
  metrics: number
  dns: number
  dnsHealth: number
  ingress: number
  ingressHealth: number
  /** A second API server. */
  second: number
}

export type Network = {
  /** Addresses of pods. */
  podSubnet: string
  /** Cluster addresses of Services. */
  serviceSubnet: string
  /** The link between this machine and the node's network namespace. */
  linkSubnet: string
  hostAddress: string
  nodeAddress: string
  dnsAddress: string
  kubernetesAddress: string
}

/** Slots of whole clusters; those of bare control planes follow, which need ports but no subnets. */
export const CLUSTER_SLOTS = 16
export const ALL_SLOTS = 64

const FIRST_PORT = 22_000
const PORTS_PER_SLOT = 16

/** The ports of a slot; all lie below the range that the kernel gives to outgoing connections. */
export function portsOf(slot: number): Ports {
  checkSlot(slot, ALL_SLOTS)
  const at = (offset: number) => FIRST_PORT + slot * PORTS_PER_SLOT + offset
  return {
    etcd: at(0),
    etcdPeer: at(1),
    apiserver: at(2),
    controllers: at(3),
    scheduler: at(4),
    metrics: at(5),
    dns: at(6),
    dnsHealth: at(7),
    ingress: at(8),
    ingressHealth: at(9),
    second: at(10),
  }
}

/** The subnets of a slot: 1022 pods, 4094 Services, and a link of two addresses. */
export function networkOf(slot: number): Network {
  checkSlot(slot, CLUSTER_SLOTS)
  const services = slot * 16
  return {
    podSubnet: `10.213.${slot * 4}.0/22`,
    serviceSubnet: `10.214.${services}.0/20`,
    linkSubnet: `10.215.${slot}.0/30`,
    hostAddress: `10.215.${slot}.1`,
    nodeAddress: `10.215.${slot}.2`,
    dnsAddress: `10.214.${services}.10`,
    kubernetesAddress: `10.214.${services}.1`,
  }
}

/** Whether two IPv4 subnets share an address. */
export function overlaps(one: string, other: string): boolean {
  const a = range(one)
  const b = range(other)
  return a.first <= b.last && b.first <= a.last
}

function range(subnet: string): { first: number; last: number } {
  const [address = '', prefix = '32'] = subnet.split('/')
  const value = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  const size = 2 ** (32 - Number(prefix))
  const first = Math.floor(value / size) * size
  return { first, last: first + size - 1 }
}

function checkSlot(slot: number, count: number): void {
  if (!Number.isInteger(slot) || slot < 0 || slot >= count) {
    throw new RangeError(`slot is ${slot}, but must be a whole number from 0 to ${count - 1}`)
  }
}
