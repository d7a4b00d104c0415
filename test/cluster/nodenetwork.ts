// The node's network: a namespace of its own, one link to this machine, and routes to pods and Services through it.
//
//   this machine  10.215.S.1 ──── link ──── 10.215.S.2  node ──── a link per pod ──── 10.213.x.y
//
// So two nodes never share rules, and removing the namespace removes every rule, link and route of the cluster.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { attempt, run } from './command.ts'
import { type ClusterLayout, namespaceFile, onNode } from './layout.ts'
import { networkOf, overlaps } from './slot.ts'

type Route = { dst: string; dev?: string }

/** Whether the namespace is there; without it no pod of the cluster can be alive. */
export function hasNodeNetwork(folder: string): boolean {
  return readFileSync('/proc/self/mountinfo', 'utf8').includes(` ${namespaceFile(folder)} `)
}

/** Makes the namespace, the link and the routes; what is there stays. */
export async function raiseNodeNetwork(layout: ClusterLayout): Promise<void> {
  const { folder, slot, network } = layout
  if (hasNodeNetwork(folder) && existsSync(`/sys/class/net/${linkName(slot)}`)) return
  await dropNodeNetwork(folder, slot)
  writeFileSync(namespaceFile(folder), '')
  await run(['unshare', `--net=${namespaceFile(folder)}`, 'true'], { purpose: "making the node's network namespace" })
  const ip = (command: string) => run(['ip', ...command.split(' ')], { purpose: `ip ${command}` })
  const inside = (command: string) => run(onNode(folder, ['ip', ...command.split(' ')]), { purpose: `ip ${command} on the node` })
  await ip(`link add ${linkName(slot)} type veth peer name eth0 netns ${namespaceFile(folder)}`)
  await ip(`addr add ${network.hostAddress}/30 dev ${linkName(slot)}`)
  await ip(`link set ${linkName(slot)} up`)
  await inside('link set lo up')
  await inside(`addr add ${network.nodeAddress}/30 dev eth0`)
  await inside('link set eth0 up')
  await inside(`route add default via ${network.hostAddress}`)
  await run(onNode(folder, ['sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward']), { purpose: 'letting packets through the node' })
  for (const subnet of [network.podSubnet, network.serviceSubnet]) await ip(`route add ${subnet} via ${network.nodeAddress}`)
  await run(['nft', '-f', '-'], { input: outwardRules(layout), purpose: 'letting pods reach the world' })
}

/** Removes the namespace, the link and our rules; what is not there is no error. */
export async function dropNodeNetwork(folder: string, slot: number): Promise<void> {
  await attempt(['ip', 'link', 'del', linkName(slot)])
  await attempt(['nft', 'delete', 'table', 'ip', tableName(slot)])
  if (hasNodeNetwork(folder)) await run(['umount', namespaceFile(folder)])
  rmSync(namespaceFile(folder), { force: true })
}

/** Why a slot's subnets cannot be used on this machine, when they cannot. */
export async function subnetsInUse(slot: number): Promise<string | undefined> {
  const routes = JSON.parse(await run(['ip', '-json', '-4', 'route', 'show', 'table', 'all'])) as Route[]
  const { podSubnet, serviceSubnet, linkSubnet } = networkOf(slot)
  for (const subnet of [podSubnet, serviceSubnet, linkSubnet]) {
    const other = routes.find(route => route.dst !== 'default' && overlaps(route.dst, subnet))
    if (other) return `${subnet} overlaps the route to ${other.dst} by ${other.dev}`
  }
  return undefined
}

function linkName(slot: number): string {
  return `tidegate${slot}`
}

function tableName(slot: number): string {
  return `tidegate-${slot}`
}

// Pods speak to the world with this machine's address, and to the cluster and this machine with their own.
function outwardRules({ slot, network }: ClusterLayout): string {
  const own = `{ ${network.podSubnet}, ${network.linkSubnet} }`
  return `table ip ${tableName(slot)} {
  chain outward {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr ${own} ip daddr != ${own} masquerade
  }
}
`
}
