// Objects of others under the very names that the operator would give to its own.
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import {
  autoscalers,
  configMaps,
  deployments,
  disruptionBudgets,
  inferenceServices,
  ingresses,
  jobs,
  networkPolicies,
  services,
  trainingJobs,
} from '../../../operator/controllers/resources.ts'
import type { KubeObject, OwnerReference, ResourceRef } from '../../../operator/runtime/shape.ts'
import { example } from '../../e2e/example.ts'
import { service } from '../../e2e/handmade.ts'
import { reached, says } from '../matrix/scenario.ts'
import { BAD, type Street } from './street.ts'

interface Taken {
  kind: ResourceRef
  name: string
  rest: object
}

const selector = { matchLabels: { app: 'theirs' } }
const template = { metadata: { labels: { app: 'theirs' } }, spec: { containers: [{ name: 'theirs', image: 'theirs' }] } }

const ofService = (name: string): Taken[] => [
  { kind: deployments, name: `${name}-v1`, rest: { spec: { replicas: 0, selector, template } } },
  { kind: services, name, rest: { spec: { ports: [{ port: 80 }], selector: { app: 'theirs' } } } },
  { kind: services, name: `${name}-v1`, rest: { spec: { ports: [{ port: 80 }] } } },
  {
    kind: autoscalers,
    name: `${name}-v1`,
    rest: { spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'theirs' } } },
  },
  { kind: disruptionBudgets, name, rest: { spec: { selector } } },
  { kind: networkPolicies, name, rest: { spec: { podSelector: selector } } },
  { kind: ingresses, name, rest: { spec: { defaultBackend: { service: { name: 'theirs', port: { number: 80 } } } } } },
]

const ofTraining = (name: string): Taken[] => [
  { kind: configMaps, name: `${name}-run-1`, rest: { data: { theirs: 'yes' } } },
  {
    kind: jobs,
    name: `${name}-run-1`,
    rest: { spec: { suspend: true, template: { spec: { ...template.spec, restartPolicy: 'Never' } } } },
  },
]

const OURS = { 'app.kubernetes.io/managed-by': 'tidegate' }

interface Variant {
  title: string
  labels?: object
  owner?: OwnerReference
}

/** Who they belong to, and whether the operator's watches show them. */
const variants = (anybody: string): Variant[] => [
  { title: 'none' },
  { title: 'other', labels: OURS, owner: { apiVersion: 'v1', kind: 'ConfigMap', name: 'anybody', uid: anybody, controller: true } },
  {
    title: 'stale',
    labels: OURS,
    // The garbage collector does not know this version, so it leaves them alone.
    owner: { apiVersion: 'tidegate.io/v0', kind: 'InferenceService', name: 'earlier', uid: 'gone', controller: true },
  },
]

interface User {
  kind: ResourceRef
  object: KubeObject
}

/** Those whose children would have the names that are taken. */
const usersOf = (title: string): User[] => {
  const serving = service(`taken-${title}`, 'iris', { ingress: { host: `taken-${title}.localhost` } })
  const training = { ...example().trainingJob, metadata: { name: `run-${title}` } }
  return [
    { kind: inferenceServices, object: serving as unknown as KubeObject },
    { kind: trainingJobs, object: training as KubeObject },
  ]
}

const takenBy = (title: string): Taken[] => [...ofService(`taken-${title}`), ...ofTraining(`run-${title}`)]

const put = async ({ client }: Street, { kind, name, rest }: Taken, { labels, owner }: Variant): Promise<void> => {
  const metadata = { namespace: BAD, name, ...(labels && { labels }), ...(owner && { ownerReferences: [owner] }) }
  await client.create(kind, { apiVersion: kind.apiVersion, kind: kind.kind, metadata, ...rest } as KubeObject)
}

const look = ({ client }: Street, all: readonly Taken[]): Promise<(KubeObject | undefined)[]> =>
  Promise.all(all.map(({ kind, name }) => client.get(kind, { namespace: BAD, name })))

/** Once Kubernetes' own controllers have written their statuses. */
const atRest = async (street: Street, all: readonly Taken[]): Promise<(KubeObject | undefined)[]> => {
  let before = await look(street, all)
  for (;;) {
    await sleep(1000)
    const next = await look(street, all)
    if (isDeepStrictEqual(before, next)) return next
    before = next
  }
}

const untold = async ({ client }: Street, { kind, object }: User): Promise<string[]> => {
  const { name } = object.metadata
  const isTold = async () => says(await client.get(kind, { namespace: BAD, name }), { status: 'False', reason: 'NameConflict' })
  return await reached(isTold, 20, `${kind.kind} ${name} says that a name is taken`).then(
    () => [],
    (error: unknown) => [String(error)],
  )
}

/** What is wrong at the end; nothing when all were left alone and the owners of the names were told. */
export const tryForeign = async (street: Street): Promise<string[]> => {
  const { client } = street
  const anybody = await client.create(configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: BAD, name: 'anybody' } })
  const all = variants(anybody.metadata.uid ?? '').map(variant => ({
    variant,
    taken: takenBy(variant.title),
    users: usersOf(variant.title),
  }))
  for (const { variant, taken } of all) for (const each of taken) await put(street, each, variant)
  const taken = all.flatMap(each => each.taken)
  const before = await atRest(street, taken)
  const touched = async (when: string) => {
    const now = await look(street, taken)
    const changed = taken.filter((_, index) => !isDeepStrictEqual(before[index], now[index]))
    return changed.map(({ kind, name }) => `${kind.kind} ${name} of somebody else was touched ${when}`)
  }
  const users = all.flatMap(each => each.users)
  for (const { kind, object } of users) await client.create(kind, { ...object, metadata: { ...object.metadata, namespace: BAD } })
  const problems = (await Promise.all(users.map(user => untold(street, user)))).flat()
  await sleep(2000)
  problems.push(...(await touched('while it was in the way')))
  for (const { kind, object } of users) {
    const live = await client.get(kind, { namespace: BAD, name: object.metadata.name })
    if (live) await client.remove(kind, live)
  }
  await sleep(1000)
  return [...problems, ...(await touched('when whom it stood in the way of was deleted'))]
}
