// What the tests of watches stand on: a control plane without nodes, the operator behind a fault proxy, and a user beside it.
import { join } from 'node:path'
import { claims, inferenceServices, models, modelVersions } from '../../../operator/controllers/resources.ts'
import type { Client } from '../../../operator/runtime/client.ts'
import type { KubeObject, ResourceRef } from '../../../operator/runtime/shape.ts'
import { type ControlPlane, startControlPlane } from '../../cluster/controlplane.ts'
import { namespaces as namespaceKind } from '../../cluster/namespaces.ts'
import { claim, nowhere, openModel, service, version } from '../../e2e/handmade.ts'
import { kubectlFor } from '../../install/kubectl.ts'
import { testClient } from '../../integration/runtime/operate.ts'
import { type OperatorOptions, type OperatorProcess, startOperator } from '../operator/operatorprocess.ts'
import { type FaultProxy, type FaultProxyOptions, startFaultProxy } from '../proxy/faultproxy.ts'

export interface Plane {
  plane: ControlPlane
  /** Somebody who changes things, past the proxy. */
  client: Client
  stop: () => Promise<void>
}

const CRDS = join(import.meta.dirname, '../../../crds')

/** Without nodes: no pod ever runs, and what the operator writes for a service does not wait for one. */
export const openPlane = async (controllers: readonly string[] | false = false): Promise<Plane> => {
  const plane = await startControlPlane({ controllers })
  const client = testClient(plane)
  const stop = async () => {
    await client.close()
    await plane.stop()
  }
  try {
    const kubectl = kubectlFor(plane)
    await kubectl('apply', '--server-side', '--filename', CRDS)
    await kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s')
    if (controllers) await relearn(plane)
    return { plane, client, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The garbage collector looks for new kinds every 30 s only. */
const relearn = async (plane: ControlPlane): Promise<void> => {
  await plane.stopPart('kube-controller-manager')
  await plane.startPart('kube-controller-manager')
}

export interface Watched {
  proxy: FaultProxy
  operator: OperatorProcess
  stop: () => Promise<void>
}

interface WatchedOptions extends Omit<FaultProxyOptions, 'plane'>, Pick<OperatorOptions, 'namespaces' | 'env'> {
  /** Before the operator asks for anything. */
  prepare?: (proxy: FaultProxy) => void
}

/** The operator behind a proxy of its own. */
export const openOperator = async (plane: ControlPlane, options: WatchedOptions = {}): Promise<Watched> => {
  const { namespaces, env, prepare, ...proxying } = options
  const proxy = await startFaultProxy({ plane, ...proxying })
  prepare?.(proxy)
  const operator = await startOperator({ kubeconfig: proxy.kubeconfig, ...(namespaces && { namespaces }), ...(env && { env }) })
  await operator.ready()
  const stop = async () => {
    await operator.stop()
    await proxy.close()
  }
  return { proxy, operator, stop }
}

const placed = (object: object, namespace: string): KubeObject => {
  const given = object as KubeObject
  return { ...given, metadata: { ...given.metadata, namespace } }
}

export const createIn = (client: Client, namespace: string) => (kind: ResourceRef, object: object) =>
  client.create(kind, placed(object, namespace))

/** One model with one version in a namespace of its own, and services that answer with it. */
export const furnish = async (client: Client, namespace: string, serviceNames: readonly string[]): Promise<void> => {
  await client.create(namespaceKind, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  const create = createIn(client, namespace)
  await create(claims, claim('bundles'))
  await create(models, openModel('iris'))
  await create(modelVersions, version('iris', 1, nowhere('bundles')))
  for (const name of serviceNames) await create(inferenceServices, service(name, 'iris'))
}
