// A cluster in memory around one TrainingJob: the loop's way with a plan, and what Kubernetes does with Jobs and pods.
// It checks at every write what an API server would refuse, and what must never happen.
import type { ModelVersion } from '../../operator/api/modelversion.ts'
import { TrainingJob as definition, type TrainingJob } from '../../operator/api/trainingjob.ts'
import { validate } from '../../operator/api/validate.ts'
import type { CreationFailure, Job, Pod } from '../../operator/plan/observed.ts'
import { plan } from '../../operator/plan/trainingjob/plan.ts'
import type { TrainingWorld } from '../../operator/plan/trainingjob/world.ts'
import { isSameJson } from '../../operator/runtime/canonical.ts'
import { mergeStatus } from '../../operator/runtime/conditions.ts'
import type { Child, KubeObject, ObjectRef, Plan, Refusal } from '../../operator/runtime/shape.ts'
import { settings, trainingJob } from './trainingjob.ts'

export interface Cluster {
  now: number
  object: TrainingJob
  jobs: Job[]
  pods: Pod[]
  configMaps: KubeObject[]
  claims: KubeObject[]
  versions: ModelVersion[]
  failures: CreationFailure[]
  progress: TrainingWorld['seen']['progress']
  /** Names that belong to somebody else. */
  strangers: string[]
  /** Kinds that the API server refuses to create. */
  refused: string[]
  settings: typeof settings
  writes: string[]
  uids: number
  /** What the loop remembers. */
  conflicts: ObjectRef[]
  refusals: Refusal[]
}

export const cluster = (object: TrainingJob = trainingJob()): Cluster => ({
  now: Date.parse('2026-01-01T00:00:00Z'),
  object,
  jobs: [],
  pods: [],
  configMaps: [],
  claims: [],
  versions: [],
  failures: [],
  progress: undefined,
  strangers: [],
  refused: [],
  settings,
  writes: [],
  uids: 0,
  conflicts: [],
  refusals: [],
})

export const worldOf = (c: Cluster): TrainingWorld => ({
  object: c.object,
  seen: {
    jobs: c.jobs,
    pods: c.pods,
    configMaps: c.configMaps,
    failures: c.failures,
    versions: c.versions,
    ...(c.progress && { progress: c.progress }),
  },
  now: new Date(c.now),
  settings: c.settings,
  conflicts: c.conflicts,
  refusals: c.refusals,
})

export const time = (c: Cluster): string => `${new Date(c.now).toISOString().slice(0, 19)}Z`

/** Thrown by a write when the operator is to die right after (or instead of) it. */
export class Died extends Error {}

/** Everything the operator remembers is gone. */
export const restart = (c: Cluster): void => {
  c.conflicts = []
  c.refusals = []
}

/** One pass of the loop; answers how much it wrote. It may die after so many writes. */
export const pass = (c: Cluster, diesAfter = Number.POSITIVE_INFINITY): number => {
  const before = c.writes.length
  const write = (what: string): void => {
    c.writes.push(what)
    if (c.writes.length - before >= diesAfter) throw new Died(what)
  }
  try {
    for (let plans = 1; plans <= 3; plans++) if (!carryOut(c, plan(worldOf(c)), write)) break
  } catch (error) {
    if (!(error instanceof Died)) throw error
    restart(c)
  }
  return c.writes.length - before
}

/** Passes until nothing is written any more. */
export const settle = (c: Cluster): void => {
  for (let passes = 1; pass(c) > 0; passes++) if (passes > 8) throw new Error(`no rest after: ${c.writes.slice(-12).join(', ')}`)
}

type Write = (what: string) => void

const carryOut = (c: Cluster, wanted: Plan, write: Write): boolean => {
  if (wanted.commitFirst) writeStatus(c, wanted, write)
  const news = wanted.apply.map(child => writeChild(c, child, write)).includes(true)
  if (news) return true
  prune(c, wanted, write)
  writeStatus(c, wanted, write)
  return false
}

const writeStatus = (c: Cluster, { status }: Plan, write: Write): void => {
  const merged = JSON.parse(JSON.stringify(mergeStatus(status ?? {}, c.object.status, new Date(c.now))))
  if (isSameJson(merged, c.object.status)) return
  const checked = validate(definition.status, merged)
  if ('complaints' in checked) throw new Error(`the API server refuses the status: ${checked.complaints.join('; ')}`)
  if (!isSameJson(checked.value, merged)) throw new Error('the status has a field that its schema does not know')
  c.object = { ...c.object, status: merged }
  write('status')
}

/** Answers whether this is news for the plan. */
const writeChild = (c: Cluster, child: Child, write: Write): boolean => {
  const { kind, apiVersion, metadata } = child.object
  const ref = { apiVersion, kind, namespace: 'ns', name: metadata.name }
  const forget = (list: { name: string }[]): number => list.findIndex(each => each.name === metadata.name)
  if (c.strangers.includes(metadata.name)) {
    const known = forget(c.conflicts) >= 0
    if (!known) c.conflicts.push(ref)
    return !known
  }
  const found = storeOf(c, kind).find(each => each.metadata.name === metadata.name)
  if (!found && c.refused.includes(kind)) {
    const known = c.refusals.some(refusal => refusal.ref.name === metadata.name)
    const message = `${kind} "${metadata.name}" is forbidden: exceeded quota: small`
    if (!known) c.refusals.push({ ref, reason: 'Forbidden', message })
    return !known
  }
  c.refusals = c.refusals.filter(refusal => refusal.ref.name !== metadata.name)
  if (!found) create(c, child, write)
  else if ((child.mode ?? 'apply') === 'apply') change(found, child.object, write)
  return false
}

const storeOf = (c: Cluster, kind: string): KubeObject[] => {
  const stores: Record<string, KubeObject[]> = {
    Job: c.jobs,
    ConfigMap: c.configMaps,
    PersistentVolumeClaim: c.claims,
    ModelVersion: c.versions as unknown as KubeObject[],
  }
  const store = stores[kind]
  if (!store) throw new Error(`nobody watches ${kind}`)
  return store
}

const create = (c: Cluster, { object, mode }: Child, write: Write): void => {
  const owned = (mode ?? 'apply') === 'apply'
  const made = structuredClone(object)
  made.metadata = {
    ...made.metadata,
    uid: `${object.metadata.name}-${++c.uids}`,
    creationTimestamp: time(c),
    ...(owned && {
      ownerReferences: [{ apiVersion: '', kind: 'TrainingJob', name: 'iris', uid: c.object.metadata.uid, controller: true }],
    }),
  }
  storeOf(c, object.kind).push(made)
  write(`create ${object.kind} ${object.metadata.name}`)
}

const immutable = ['template', 'completions', 'podFailurePolicy', 'selector']

const change = (found: KubeObject, wanted: KubeObject, write: Write): void => {
  const content = (object: KubeObject) => ({ spec: object['spec'], data: object['data'], labels: object.metadata.labels })
  if (isSameJson(content(found), content(wanted))) return
  const [was, is] = [found, wanted].map(object => (object['spec'] ?? {}) as Record<string, unknown>)
  const broken = immutable.filter(field => wanted.kind === 'Job' && !isSameJson(was?.[field], is?.[field]))
  if (broken.length > 0) throw new Error(`the API server refuses the Job: ${broken.join(', ')} is immutable`)
  for (const field of ['spec', 'data']) if (wanted[field]) found[field] = structuredClone(wanted[field])
  write(`apply ${wanted.kind} ${wanted.metadata.name}`)
}

const prune = (c: Cluster, { apply }: Plan, write: Write): void => {
  for (const store of [c.jobs, c.configMaps]) {
    for (const object of [...store]) {
      if (apply.some(child => child.object.kind === object.kind && child.object.metadata.name === object.metadata.name)) continue
      store.splice(store.indexOf(object as never), 1)
      write(`delete ${object.kind} ${object.metadata.name}`)
    }
  }
}
