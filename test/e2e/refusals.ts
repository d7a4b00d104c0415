// Namespaces that refuse pods of ours, each through another mechanism of Kubernetes; all of them enforce restricted pod security as well.
import type { Kubectl } from '../install/kubectl.ts'
import { makeNamespace } from '../install/namespace.ts'
import { until } from './until.ts'

export type Refusal = 'quota' | 'limitrange' | 'podsecurity' | 'policy'

interface KubeObject {
  apiVersion: string
  kind: string
  metadata: { name: string; namespace?: string }
  [field: string]: unknown
}

export const refusing = (namespace: string, refusal: Refusal): string => `${namespace}-${refusal}`

/** Makes the namespaces, and comes back when each of them refuses. */
export const makeRefusals = async (kubectl: Kubectl, namespace: string, refusals: readonly Refusal[]): Promise<void> => {
  await Promise.all(
    refusals.map(async refusal => {
      const name = refusing(namespace, refusal)
      await makeNamespace(kubectl, name)
      for (const object of rules[refusal](name)) await kubectl.apply(object)
      await until(
        () => kubectl.attempt(['create', '--dry-run=server', '--namespace', name, '-f', '-'], JSON.stringify(probe(name))),
        // A namespace that is still being furnished refuses in the same words.
        ({ said }) => /forbidden|denied/.test(said) && !/service account|status unknown for quota/.test(said),
        { within: 30, what: `${name} refuses pods` },
      )
    }),
  )
}

export const removeRefusals = async (kubectl: Kubectl, namespace: string, refusals: readonly Refusal[]): Promise<void> => {
  for (const refusal of refusals) {
    const name = refusing(namespace, refusal)
    for (const { kind, metadata } of rules[refusal](name)) {
      if (!metadata.namespace) await kubectl('delete', kind, metadata.name, '--ignore-not-found')
    }
    await kubectl('delete', 'namespace', name, '--wait=false', '--ignore-not-found')
  }
}

const quota = (namespace: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'no-pods-left', namespace },
  spec: { hard: { pods: '0' } },
})

const limits = (namespace: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'LimitRange',
  metadata: { name: 'large-containers', namespace },
  spec: { limits: [{ type: 'Container', min: { memory: '1Gi' } }] },
})

const admission = 'admissionregistration.k8s.io/v1'
const podsOf = (namespace: string) => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
  resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
})

/** Our pods satisfy restricted, so something must spoil them first: here a policy, elsewhere the injector of a mesh, gives them the network of the node. */
const spoiling = (name: string): KubeObject[] => [
  {
    apiVersion: admission,
    kind: 'MutatingAdmissionPolicy',
    metadata: { name },
    spec: {
      matchConstraints: podsOf(name),
      reinvocationPolicy: 'Never',
      mutations: [
        {
          patchType: 'JSONPatch',
          jsonPatch: { expression: '[JSONPatch{op: "add", path: "/spec/hostNetwork", value: true}]' },
        },
      ],
    },
  },
  { apiVersion: admission, kind: 'MutatingAdmissionPolicyBinding', metadata: { name }, spec: { policyName: name } },
]

const forbidding = (name: string): KubeObject[] => [
  {
    apiVersion: admission,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      matchConstraints: podsOf(name),
      validations: [{ expression: 'false', message: 'this namespace is closed for the night: come back at eight' }],
    },
  },
  {
    apiVersion: admission,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: { policyName: name, validationActions: ['Deny'] },
  },
]

const rules: Record<Refusal, (namespace: string) => KubeObject[]> = {
  quota: name => [quota(name)],
  limitrange: name => [limits(name)],
  podsecurity: spoiling,
  policy: forbidding,
}

/** A pod that restricted pod security would take. */
const probe = (namespace: string): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'probe', namespace },
  spec: {
    securityContext: { runAsNonRoot: true, runAsUser: 10_001, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'probe',
        image: 'none',
        resources: { requests: { memory: '16Mi' } },
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      },
    ],
  },
})
