// The objects of this benchmark: one model with one hand-made version in Production per namespace, and services that each get every kind of child.
import {
  autoscalers,
  claims,
  deployments,
  disruptionBudgets,
  ingresses,
  models,
  modelVersions,
  networkPolicies,
  services,
} from '../../operator/controllers/resources.ts'
import type { KubeObject, ResourceRef } from '../../operator/runtime/shape.ts'
import { claim, nowhere, openModel, service, version } from '../../test/e2e/handmade.ts'

export const definitions: ResourceRef = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
}

/** What a service gets, by kind, and how many of each. */
export const CHILDREN = [
  { kind: deployments, count: 1 },
  { kind: services, count: 2 },
  { kind: autoscalers, count: 1 },
  { kind: disruptionBudgets, count: 1 },
  { kind: networkPolicies, count: 1 },
  { kind: ingresses, count: 1 },
] as const

export const CHILDREN_PER_SERVICE = CHILDREN.reduce((sum, { count }) => sum + count, 0)
export const childResources: ReadonlySet<string> = new Set(CHILDREN.map(child => child.kind.plural))

const MODEL = 'iris'
const CLAIM = 'bundles'
const SPACES = 10

/** Names of equal length, so that every object of the benchmark has the same number of bytes. */
export const spaces: readonly string[] = Array.from({ length: SPACES }, (_, at) => `bench-${at}`)

/** What must be there before a service: the model, its version, and the claim that the version names. */
export const surroundings = (namespace: string): { kind: ResourceRef; object: KubeObject }[] =>
  [
    { kind: claims, object: claim(CLAIM) as KubeObject },
    { kind: models, object: openModel(MODEL) as unknown as KubeObject },
    { kind: modelVersions, object: version(MODEL, 1, nowhere(CLAIM)) as unknown as KubeObject },
  ].map(({ kind: of, object }) => ({ kind: of, object: placed(object, namespace) }))

/** `set` is four letters; services are spread over all namespaces in turn. */
export const servicesNamed = (set: string, count: number): KubeObject[] =>
  Array.from({ length: count }, (_, at) => {
    const name = `${set}-${String(at).padStart(4, '0')}`
    const object = service(name, MODEL, { traffic: [{ stage: 'Production' }], ingress: { host: `${name}.example.test` } })
    return placed(object as unknown as KubeObject, spaces[at % SPACES] ?? '')
  })

const placed = (object: KubeObject, namespace: string): KubeObject => ({ ...object, metadata: { ...object.metadata, namespace } })
