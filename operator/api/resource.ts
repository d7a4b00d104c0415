// What a kind is: names, columns, schemas; and the CustomResourceDefinition that follows from it.
import type { Condition } from './conditions.ts'
import type { Infer, Rule, Schema } from './schema.ts'

export const GROUP = 'tidegate.io'
export const VERSION = 'v1alpha1'
export const API_VERSION = `${GROUP}/${VERSION}`

export interface Column {
  name: string
  path: string
  type?: 'string' | 'integer' | 'number' | 'date'
  description: string
  /** 1 hides the column from the default output; it is shown by `-o wide`. */
  priority?: 1
}

export interface Definition<Kind extends string, Spec, Status> {
  kind: Kind
  plural: string
  shortNames: string[]
  description: string
  columns: Column[]
  spec: Schema<Spec>
  status: Schema<Status>
  /** Rules over the whole object, such as its name. */
  rules?: Rule[]
  selectableFields?: string[]
}

export const defineResource = <const Kind extends string, Spec, Status>(definition: Definition<Kind, Spec, Status>) => definition

export interface ObjectMeta {
  name: string
  namespace: string
  uid: string
  resourceVersion: string
  generation: number
  creationTimestamp: string
  deletionTimestamp?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
}

export type Resource<D> =
  D extends Definition<infer Kind, infer Spec, infer Status>
    ? { apiVersion: typeof API_VERSION; kind: Kind; metadata: ObjectMeta; spec: Spec; status?: Status & { conditions?: Condition[] } }
    : never

export type SpecOf<D> = D extends { spec: infer S } ? Infer<S> : never

// biome-ignore lint/suspicious/noExplicitAny: any kind's definition
export type AnyDefinition = Definition<string, any, any>

const NAME = '^[a-z]([-a-z0-9]*[a-z0-9])?$'

/** Names are labels and name prefixes of children, so they are shorter than Kubernetes allows. */
export const nameRules = (kind: string): Rule[] => [
  {
    rule: `self.metadata.name.size() <= 40 && self.metadata.name.matches('${NAME}')`,
    message: `metadata.name of a ${kind} has at most 40 characters: lower-case letters, digits and '-', a letter first and no '-' last; choose a shorter or simpler name`,
  },
  {
    rule: "!self.metadata.name.matches('.*-(v|run-)[0-9]+$')",
    message: `metadata.name of a ${kind} must not end in -v<number> or -run-<number>: those names belong to versions and runs`,
  },
]

export const crd = (d: AnyDefinition) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${d.plural}.${GROUP}` },
  spec: {
    group: GROUP,
    scope: 'Namespaced',
    names: {
      kind: d.kind,
      listKind: `${d.kind}List`,
      plural: d.plural,
      singular: d.kind.toLowerCase(),
      shortNames: d.shortNames,
      categories: ['tidegate'],
    },
    versions: [
      {
        name: VERSION,
        served: true,
        storage: true,
        subresources: { status: {} },
        ...(d.selectableFields && { selectableFields: d.selectableFields.map(jsonPath => ({ jsonPath })) }),
        additionalPrinterColumns: [...d.columns.map(printerColumn), printerColumn(AGE)],
        schema: { openAPIV3Schema: wholeObject(d) },
      },
    ],
  },
})

const AGE: Column = { name: 'Age', type: 'date', path: '.metadata.creationTimestamp', description: 'Time since creation.' }

const printerColumn = ({ name, path, type = 'string', description, priority }: Column) => ({
  name,
  type,
  description,
  jsonPath: path,
  ...(priority && { priority }),
})

/** An object that the operator has not looked at yet says so: kstatus, which Flux and Helm wait on, takes silence for success. Generations begin with 1. */
const unobserved = (status: object) =>
  'observedGeneration' in ((status as { properties?: object }).properties ?? {})
    ? { ...status, default: { observedGeneration: 0 } }
    : status

const wholeObject = (d: AnyDefinition) => ({
  type: 'object',
  description: d.description,
  required: ['spec'],
  properties: {
    apiVersion: { type: 'string', description: 'The version of this API.' },
    kind: { type: 'string', description: 'The kind of this object.' },
    // A bound on the name is what lets rules about names stay within the cost limit.
    metadata: { type: 'object', properties: { name: { type: 'string', maxLength: 63 } } },
    spec: d.spec,
    status: unobserved(d.status),
  },
  ...(d.rules && { 'x-kubernetes-validations': d.rules }),
})
