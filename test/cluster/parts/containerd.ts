// containerd with folders and a socket of its own: the machine's containerd, when there is one, is not touched.
import { join } from 'node:path'
import { run } from '../command.ts'
import { type ClusterLayout, containerdSocket, onNode, pauseImage } from '../layout.ts'
import type { Part } from '../part.ts'

export function containerd(layout: ClusterLayout): Part {
  const { folder } = layout
  const config = join(folder, 'containerd.toml')
  const network = join(folder, 'cni', '10-pods.conflist')
  return {
    name: 'containerd',
    // In the node's network, because it is containerd that gives pods their network interfaces.
    argv: onNode(folder, ['containerd', '--config', config]),
    files: { [config]: containerdConfig(folder), [network]: podNetwork(layout) },
    ready: async () => {
      await run(['ctr', '--address', containerdSocket(folder), '--timeout', '3s', 'version'])
    },
  }
}

// restrict_oom_score_adj: without CAP_SYS_RESOURCE, as in many containers and sandboxes, every pod would die at its start.
// netns_mounts_under_state_dir: what is mounted for pods lies below our folder, where "down" finds it.
function containerdConfig(folder: string): string {
  const at = (...path: string[]) => JSON.stringify(join(folder, ...path))
  return `version = 2
root = ${at('containerd', 'root')}
state = ${at('containerd', 'state')}
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper"]
[grpc]
  address = ${JSON.stringify(containerdSocket(folder))}
[plugins."io.containerd.internal.v1.opt"]
  path = ${at('containerd', 'opt')}
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = ${JSON.stringify(`docker.io/${pauseImage()}`)}
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = ${at('cni')}
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
`
}

// A link per pod and routes instead of a bridge: every packet passes the node's rules, so nothing depends on br_netfilter.
function podNetwork({ folder, network }: ClusterLayout): string {
  const ipam = {
    type: 'host-local',
    ranges: [[{ subnet: network.podSubnet }]],
    routes: [{ dst: '0.0.0.0/0' }],
    dataDir: join(folder, 'ipam'),
  }
  const plugins = [
    { type: 'ptp', ipMasq: false, ipam },
    { type: 'portmap', capabilities: { portMappings: true } },
  ]
  return JSON.stringify({ cniVersion: '0.4.0', name: 'pods', plugins }, null, 2)
}
