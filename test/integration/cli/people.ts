// Who may do what: readers see everything of ours, deciders make Decisions, ask for runs and use the service proxy.
import type { KubeObject, ResourceRef } from '../../../operator/runtime/shape.ts'

const rbac = (kind: string, plural: string): ResourceRef => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind,
  plural,
  namespaced: false,
})
const apiGroup = 'rbac.authorization.k8s.io'
const role = (name: string, rules: object[]) => ({ resource: rbac('ClusterRole', 'clusterroles'), metadata: { name }, rules })
const binding = (name: string, group: string) => ({
  resource: rbac('ClusterRoleBinding', 'clusterrolebindings'),
  metadata: { name },
  roleRef: { apiGroup, kind: 'ClusterRole', name },
  subjects: [{ apiGroup, kind: 'Group', name: group }],
})
export const rights = [
  role('reader', [{ apiGroups: ['tidegate.io'], resources: ['*'], verbs: ['get', 'list'] }]),
  binding('reader', 'staff'),
  role('guest', [{ apiGroups: ['tidegate.io'], resources: ['models', 'modelversions'], verbs: ['get'] }]),
  binding('guest', 'guests'),
  role('decider', [
    { apiGroups: ['tidegate.io'], resources: ['decisions'], verbs: ['create'] },
    { apiGroups: ['tidegate.io'], resources: ['trainingjobs'], verbs: ['patch'] },
    { apiGroups: [''], resources: ['services/proxy'], verbs: ['create'] },
  ]),
  binding('decider', 'deciders'),
].map(({ resource, ...rest }) => ({ resource, apiVersion: resource.apiVersion, kind: resource.kind, ...rest })) as (KubeObject & {
  resource: ResourceRef
})[]
