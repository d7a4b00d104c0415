// Says how objects that live differ from what was sent, beyond the defaults of the API server: there is nothing to say while the operator keeps to status.
import { isDeepStrictEqual } from 'node:util'
import type { Kubectl } from '../../install/kubectl.ts'
import { INSTANCE, refOf, type Sent, TRACKING } from './folder.ts'

export interface Live {
  kind: string
  metadata: {
    name: string
    generation?: number
    labels?: Record<string, string>
    annotations?: Record<string, string>
    managedFields?: { manager: string; operation: string; subresource?: string; fieldsV1: Record<string, unknown> }[]
    deletionTimestamp?: string
  }
  spec: object
  status?: { observedGeneration?: number; runs?: unknown[]; conditions?: { type: string; status: string; reason: string }[] }
}

/** What the API server makes of each object before anybody else has touched it. */
export const defaultedSpecs = async (kubectl: Kubectl, sent: readonly Sent[]): Promise<Map<string, string>> => {
  const made = await Promise.all(
    sent.map(async one => {
      const { printed, said } = await kubectl.attempt(['create', '--dry-run=server', '-o', 'json', '-f', '-'], JSON.stringify(one))
      if (said !== '') throw new Error(`${refOf(one)} would be refused: ${said}`)
      return JSON.parse(printed) as Live
    }),
  )
  return new Map(made.map(({ kind, metadata, spec }) => [`${kind}/${metadata.name}`, JSON.stringify(spec)]))
}

/** In the order in which they were sent. */
export const read = async (kubectl: Kubectl, sent: readonly Sent[]): Promise<Live[]> =>
  (await kubectl.json<{ items: Live[] }>('get', ...sent.map(refOf), '--show-managed-fields')).items

/** Complaints; `specs` are as they were before anything was applied. */
export const drift = (live: readonly Live[], sent: readonly Sent[], specs: ReadonlyMap<string, string>): string[] =>
  live.flatMap((object, index) => {
    const name = `${object.kind}/${object.metadata.name}`
    const complaints = [
      ...(JSON.stringify(object.spec) === specs.get(name)
        ? []
        : [`spec is ${JSON.stringify(object.spec)}, and ${specs.get(name)} was sent`]),
      ...(isDeepStrictEqual(asSent(object.spec, sent[index]?.spec), sent[index]?.spec) ? [] : ['Argo CD shows a difference']),
      ...(object.metadata.generation === 1 ? [] : [`generation is ${object.metadata.generation}`]),
      ...strangeMarks(object, sent[index] as Sent),
      ...strangeOwners(object),
      ...neverSent(object, sent[index] as Sent),
    ]
    return complaints.map(complaint => `${name}: ${complaint}`)
  })

/** As Argo CD compares: fields that Git does not have are left out, in objects and in the objects of lists; lists are compared by place. */
const asSent = (live: unknown, sent: unknown): unknown => {
  if (Array.isArray(live) && Array.isArray(sent)) return live.map((item, index) => (index < sent.length ? asSent(item, sent[index]) : item))
  if (typeof live !== 'object' || typeof sent !== 'object' || live === null || sent === null) return live
  const fields = live as Record<string, unknown>
  return Object.fromEntries(Object.entries(sent).flatMap(([key, value]) => (key in fields ? [[key, asSent(fields[key], value)]] : [])))
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/** What the API server and kubectl write down, beside what Git says. */
const NOTED = [LAST_APPLIED, 'tidegate.io/submitted-by']

const strangeMarks = ({ metadata }: Live, sent: Sent): string[] => {
  const others = (found: Record<string, string> = {}, wanted: Record<string, string>) =>
    Object.entries(found).filter(([key, value]) => wanted[key] !== value && !NOTED.includes(key))
  const strange = [...others(metadata.labels, sent.metadata.labels), ...others(metadata.annotations, sent.metadata.annotations)]
  return strange.map(([key, value]) => `${key}=${value} was not sent`)
}

/** Whoever is not GitOps owns the status, and nothing beside it. */
const strangeOwners = ({ metadata }: Live): string[] =>
  (metadata.managedFields ?? [])
    .filter(({ manager }) => !/^(argocd-controller|kubectl)/.test(manager))
    .flatMap(({ manager, subresource, fieldsV1 }) =>
      subresource === 'status' && Object.keys(fieldsV1).join() === 'f:status' ? [] : [`${manager} owns ${Object.keys(fieldsV1).join()}`],
    )

/** What Argo CD would take away when it applies on the server's side: annotations that count as its own, though it never sent them. */
const neverSent = ({ metadata }: Live, sent: Sent): string[] =>
  (metadata.managedFields ?? [])
    .filter(({ manager, operation }) => manager === 'argocd-controller' && operation === 'Apply')
    .flatMap(({ fieldsV1 }) => Object.keys((fieldsV1['f:metadata'] as Record<string, object> | undefined)?.['f:annotations'] ?? {}))
    .map(field => field.replace(/^f:/, ''))
    .filter(name => name !== '.' && name !== LAST_APPLIED && !(name in sent.metadata.annotations))
    .map(name => `argocd-controller owns the annotation ${name}, which it did not send`)

/** Names of what carries the mark of Argo CD without having been sent: Argo CD would take it for its own, and prune it. */
export const marked = (objects: readonly Live[]): string[] =>
  objects
    .filter(({ metadata }) => metadata.labels?.[INSTANCE] !== undefined || metadata.annotations?.[TRACKING] !== undefined)
    .map(({ kind, metadata }) => `${kind}/${metadata.name}`)
