// A control plane on which the operator's objects live: its kinds, the controllers that their children need, and a node.
import { join } from 'node:path'
import { type ControlPlane, startControlPlane } from '../../cluster/controlplane.ts'
import { type Kubectl, kubectlFor } from '../../install/kubectl.ts'
import { type NodeOptions, type SimulatedNode, startNode } from './simulatednode.ts'
import { WORKLOAD_CONTROLLERS } from './workloads.ts'

export interface Installation {
  plane: ControlPlane
  node: SimulatedNode
  /** In a namespace, or in none. */
  kubectl: (namespace?: string) => Kubectl
  stop: () => Promise<void>
}

export interface InstallationOptions extends Omit<NodeOptions, 'plane'> {
  /** Controllers beside those for workloads. */
  controllers?: readonly string[]
}

const CRDS = join(import.meta.dirname, '../../../crds')

export const install = async ({ controllers = [], ...options }: InstallationOptions = {}): Promise<Installation> => {
  const plane = await startControlPlane({ controllers: [...WORKLOAD_CONTROLLERS, ...controllers] })
  const kubectl = (namespace?: string) => kubectlFor(plane, namespace)
  try {
    await kubectl()('apply', '--server-side', '--filename', CRDS)
    await kubectl()('wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s')
    await relearn(plane)
    const node = await startNode({ plane, ...options })
    const stop = async () => {
      try {
        await node.stop()
      } finally {
        await plane.stop()
      }
    }
    return { plane, node, kubectl, stop }
  } catch (error) {
    await plane.stop()
    throw error
  }
}

/** The garbage collector looks for new kinds every 30 s only: objects of ours that are deleted before would leave their children behind. */
const relearn = async (plane: ControlPlane): Promise<void> => {
  await plane.stopPart('kube-controller-manager')
  await plane.startPart('kube-controller-manager')
}
