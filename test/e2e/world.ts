// What each end-to-end test file stands on: the cluster, and a namespace of its own that enforces the strictest pod security.
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, inject, onTestFailed } from 'vitest'
import { AuditLog } from '../cluster/auditlog.ts'
import type { ProjectImages } from '../cluster/images/project.ts'
import type { ClusterInfo } from '../cluster/provider.ts'
import { OPERATOR_NAMESPACE } from '../install/install.ts'
import { type Kubectl, kubectlFor } from '../install/kubectl.ts'
import { makeNamespace } from '../install/namespace.ts'
import { Web } from './web.ts'

export interface World {
  cluster: ClusterInfo
  images: ProjectImages
  namespace: string
  /** Works in the namespace. */
  kubectl: Kubectl
  /** Works in the namespace of the operator. */
  operator: Kubectl
  audit: AuditLog
  /** Requests through the Ingress controller. */
  ingress: Web
  /** A host name that no other test file uses. */
  host: (service: string) => string
}

/** Call it at the top of a test file: the world is there before its first test and goes after its last. */
export const openWorld = (title: string): World => {
  const cluster = inject('cluster')
  const namespace = `e2e-${title}-${randomBytes(3).toString('hex')}`
  if (!cluster.ingressUrl || !cluster.auditLog)
    throw new Error(`cluster ${cluster.name} shows no Ingress address or no audit log, which these tests need: use the embedded cluster`)
  const world: World = {
    cluster,
    images: inject('images'),
    namespace,
    kubectl: kubectlFor(cluster, namespace),
    operator: kubectlFor(cluster, OPERATOR_NAMESPACE),
    audit: new AuditLog(cluster.auditLog, `system:serviceaccount:${OPERATOR_NAMESPACE}:tidegate`),
    ingress: new Web(cluster.ingressUrl),
    host: service => `${service}.${namespace}.localhost`,
  }
  beforeAll(() => makeNamespace(world.kubectl, namespace))
  afterAll(async () => {
    await world.ingress.close()
    await world.kubectl('delete', 'namespace', namespace, '--wait=false', '--ignore-not-found')
  })
  return world
}

/** Prints what the namespace looks like when the test fails: afterwards it is gone. */
export const tellOnFailure = ({ kubectl, operator }: World): void => {
  onTestFailed(async () => {
    const looks: [Kubectl, string[]][] = [
      [kubectl, ['get', 'tidegate,jobs,pods,deployments,ingresses', '-o', 'wide']],
      [kubectl, ['get', 'events', '--sort-by=.lastTimestamp']],
      [operator, ['logs', 'deployment/tidegate', '--tail=40']],
    ]
    for (const [run, args] of looks) {
      const { printed, said } = await run.attempt(args)
      console.log(`$ kubectl ${args.join(' ')}\n${printed}${said}`)
    }
  })
}
