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

/** Who they belong to, and whether the operator's watches show them. */
const variants = (anybody: string): { title: string; labels?: object; owner?: OwnerReference }[] => [
  { title: 'none' },
  { title: 'other', labels: OURS, owner: { apiVersion: 'v1', kind: 'ConfigMap', name: 'anybody', uid: anybody, controller: true } },
  {
    title: 'stale',
    labels: OURS,
    // The garbage collector does not know this version, so it leaves them alone.
    owner: { apiVersion: 'tidegate.io/v0', kind: 'InferenceService', name: 'earlier', uid: 'gone', controller: true },
  },
]

/** What is wrong at the end; nothing when all were left alone and the owners of the names were told. */
export const tryForeign = async ({ client }: Street): Promise<string[]> => {
  const anybody = await client.create(configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: BAD, name: 'anybody' } })
  const problems: string[] = []
  const put = async ({ kind, name, rest }: Taken, { labels, owner }: { labels?: object; owner?: OwnerReference }) => {
    const metadata = { namespace: BAD, name, ...(labels && { labels }), ...(owner && { ownerReferences: [owner] }) }
    await client.create(kind, { apiVersion: kind.apiVersion, kind: kind.kind, metadata, ...rest } as KubeObject)
  }
  const all: Taken[] = []
  const users: { kind: ResourceRef; object: KubeObject }[] = []
  for (const variant of variants(anybody.metadata.uid ?? '')) {
    const [serving, training] = [`taken-${variant.title}`, `run-${variant.title}`]
    const taken = [...ofService(serving), ...ofTraining(training)]
    for (const each of taken) await put(each, variant)
    all.push(...taken)
    const wanted = service(serving, 'iris', { ingress: { host: `${serving}.localhost` } })
    users.push({ kind: inferenceServices, object: wanted as unknown as KubeObject })
    users.push({ kind: trainingJobs, object: { ...example().trainingJob, metadata: { name: training } } as KubeObject })
  }
  const look = () => Promise.all(all.map(({ kind, name }) => client.get(kind, { namespace: BAD, name })))
  // Kubernetes' own controllers write their statuses first.
  let before = await look()
  for (let next = before; ; before = next) {
    await sleep(1000)
    next = await look()
    if (isDeepStrictEqual(before, next)) break
  }
  for (const { kind, object } of users) await client.create(kind, { ...object, metadata: { ...object.metadata, namespace: BAD } })
  for (const { kind, object } of users) {
    const { name } = object.metadata
    const isTold = async () => says(await client.get(kind, { namespace: BAD, name }), { status: 'False', reason: 'NameConflict' })
    await reached(isTold, 20, `${kind.kind} ${name} says that a name is taken`).catch((error: unknown) => problems.push(String(error)))
  }
  await sleep(2000)
  const after = await look()
  all.forEach(({ kind, name }, index) => {
    if (!isDeepStrictEqual(before[index], after[index])) problems.push(`${kind.kind} ${name} of somebody else was touched`)
  })
  for (const { kind, object } of users) {
    const live = await client.get(kind, { namespace: BAD, name: object.metadata.name })
    if (live) await client.remove(kind, live)
  }
  await sleep(1000)
  const last = await look()
  all.forEach(({ kind, name }, index) => {
    if (!isDeepStrictEqual(before[index], last[index])) problems.push(`${kind.kind} ${name} went with an owner that it did not have`)
  })
  return problems
}
