import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DecisionSpec } from '../../../api/decision.ts'
import { seconds } from '../../../api/fields.ts'
import { Model, type ModelSpec, type ModelStatus } from '../../../api/model.ts'
import type { ModelVersion } from '../../../api/modelversion.ts'
import { validate } from '../../../api/validate.ts'
import { later, sampleDecision, sampleService, sampleVersion } from '../sampleworld.ts'
import {
  type Cluster,
  claimOf,
  configOf,
  emptyCluster,
  endings,
  folderOf,
  isOver,
  pass,
  registered,
  type Write,
  worked,
  writes,
} from './samplecluster.ts'

const HISTORIES = Number(process.env['HISTORIES'] ?? 300)

const retentions = fc.constantFrom<ModelSpec['retention']>({ keep: 1 }, { keep: 2, archivedFor: '30m' }, { archivedFor: '1h' }, undefined)
const specs = fc.record({ retention: retentions, automatic: fc.boolean() }).map(
  ({ retention, automatic }): ModelSpec => ({
    stages: [
      { name: 'Staging', automatic: true, gates: [{ metric: 'accuracy', atLeast: 0.5 }] },
      { name: 'Production', automatic, gates: [{ metric: 'accuracy', atLeast: 0.8 }] },
    ],
    ...(retention && { retention }),
  }),
)

const actions = fc.constantFrom<DecisionSpec['action']>(
  'Promote',
  'Bypass',
  'Restore',
  'Rollback',
  'Rollback',
  'Archive',
  'Reject',
  'Approve',
  'Release',
)

const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('register' as const),
        accuracy: fc.constantFrom(0.4, 0.6, 0.9),
        // Folders that meet, now and then.
        folder: fc.constantFrom('own', 'own', 'own', 'shared', 'shared/inner'),
        claim: fc.constantFrom('iris-artifacts', 'iris-artifacts', 'other'),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('neighbour' as const), folder: fc.constantFrom('shared', 'shared/inner', 'iris/1') }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('serve' as const), which: fc.nat(9), isAsked: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('unserve' as const) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('decide' as const),
        action: actions,
        which: fc.nat(9),
        stage: fc.constantFrom('Staging', 'Production'),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('respec' as const), spec: specs }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), which: fc.nat(9) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 90 }) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('work' as const), ending: fc.constantFrom('done', 'done', ...endings) }) },
    {
      weight: 8,
      arbitrary: fc.record({ kind: fc.constant('pass' as const), last: fc.constantFrom<Write>('statuses', 'statuses', ...writes) }),
    },
  ),
  { maxLength: 80, size: 'max' },
)

type Steps = typeof steps extends fc.Arbitrary<infer Value> ? Value : never
type StepOf<Kind extends Steps[number]['kind']> = Extract<Steps[number], { kind: Kind }>

const numberOf = ({ spec }: ModelVersion) => spec.version
const retiredIn = (status: ModelStatus | undefined) => (status?.retired ?? []).map(({ version }) => version)
const isServed = ({ services }: Cluster, number: number) => services.some(({ status }) => status?.entry === number)
const isAskedFor = ({ services }: Cluster, number: number) => services.some(({ spec }) => spec.traffic[0]?.version === number)

/** The versions that a rollback would go to, told by playing the history from its beginning. */
const rollbackTargets = ({ versions }: Cluster, status: ModelStatus, spared: readonly number[]): number[] => {
  const left = new Map<string, number[]>()
  for (const { version, from, to } of (status.history ?? []).toReversed()) {
    if (to !== 'Archived') continue
    left.set(from, [version, ...(left.get(from) ?? []).filter(each => each !== version)])
  }
  const isThere = (number: number) =>
    status.archived?.includes(number) && versions.some(each => numberOf(each) === number) && !spared.includes(number)
  return [...left.values()].flatMap(numbers => numbers.find(isThere) ?? [])
}

/** A second opinion on who may be retired under a status: what it says of itself, the ones retired already aside. */
const mayBeRetired = (cluster: Cluster, status: ModelStatus, already: readonly number[]): number[] => {
  const { retention } = cluster.spec
  if (!retention) return []
  const usable = cluster.versions
    .map(numberOf)
    .filter(number => !already.includes(number))
    .toSorted((a, b) => b - a)
  const targets = rollbackTargets(cluster, status, already)
  const limit = later(cluster.minutes).getTime() - (retention.archivedFor ? seconds(retention.archivedFor) * 1000 : 0)
  return usable.slice(retention.keep ?? 0).filter(number => {
    const isHolder = Object.values(status.holders ?? {}).includes(number)
    const isDiscussed = cluster.decisions.some(({ spec, status: told }) => spec.version === number && !told?.outcome)
    const born = cluster.versions.find(version => numberOf(version) === number)?.metadata.creationTimestamp ?? ''
    const moved = status.history?.find(({ version }) => version === number)?.at ?? status.history?.at(-1)?.at ?? born
    const since = Math.max(Date.parse(moved), Date.parse(born))
    return (
      !isHolder && !isServed(cluster, number) && !isAskedFor(cluster, number) && !isDiscussed && !targets.includes(number) && since <= limit
    )
  })
}

const checkStatus = (before: Cluster, after: Cluster): void => {
  const { status } = after
  if (!status || status === before.status) return
  const { conditions: _, ...kept } = status
  expect(validate(Model.status, kept)).not.toHaveProperty('complaints')
  const earlier = retiredIn(before.status)
  const fresh = retiredIn(status).filter(number => !earlier.includes(number))
  const allowed = mayBeRetired(before, status, earlier)
  expect(fresh.filter(number => !allowed.includes(number))).toEqual([])
  const moves = (status.history?.length ?? 0) - (before.status?.history?.length ?? 0)
  expect((status.history ?? []).slice(0, moves).filter(({ version }) => earlier.includes(version))).toEqual([])
  expect(Object.values(status.holders ?? {}).filter(number => retiredIn(status).includes(number))).toEqual([])
}

const isWithin = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`)

/** What the Jobs at work would remove after a pass: retired in the status that is stored, needed by nobody. */
const checkJobs = ({ jobs, status, versions, neighbours, spec, ...cluster }: Cluster): void => {
  for (const job of jobs.filter(each => !isOver(each))) {
    expect(spec.retention).toBeDefined()
    for (const { version, path } of configOf(job).bundles) {
      expect(retiredIn(status)).toContain(version)
      expect(isServed({ ...cluster, jobs, versions, neighbours, spec }, version)).toBe(false)
      const staying = [...versions, ...neighbours].filter(each => {
        // Whatever became of its bundle, nothing is left there for the object that goes.
        const leaves = status?.retired?.some(({ uid, bundle }) => uid === each.metadata.uid && bundle !== undefined)
        return !(each.spec.model === 'iris' && numberOf(each) === version) && !leaves && each.spec.artifact.claim === claimOf(job)
      })
      expect(staying.filter(({ spec: { artifact } }) => isWithin(artifact.path, path) || isWithin(path, artifact.path))).toEqual([])
    }
  }
}

/** An object goes only when the status that was stored before says that its bundle is settled. */
const checkDeletions = (before: Cluster, after: Cluster): void => {
  const gone = before.versions.filter(({ metadata }) => !after.versions.some(each => each.metadata.uid === metadata.uid))
  for (const version of gone) {
    const retirement = before.status?.retired?.find(({ uid }) => uid === version.metadata.uid)
    expect(retirement?.bundle).toBeDefined()
    expect(isServed(before, numberOf(version))).toBe(false)
    // A new version may have put a bundle there since.
    const isTaken = [...after.versions, ...after.neighbours].some(each => folderOf(each) === folderOf(version))
    if (retirement?.bundle !== 'Kept' && !isTaken) expect([...after.folders]).not.toContain(folderOf(version))
  }
}

const passed = (cluster: Cluster, last: Write): Cluster => {
  const after = pass(cluster, last)
  checkStatus(cluster, after)
  if (writes.indexOf(last) >= writes.indexOf('jobs')) checkJobs(after)
  checkDeletions(cluster, after)
  return after
}

const register = (cluster: Cluster, { accuracy, folder, claim }: StepOf<'register'>, number: number): Cluster => {
  const version = sampleVersion(number, accuracy, { at: later(cluster.minutes) })
  const path = folder === 'own' ? `iris/${number}` : folder
  return registered(cluster, { ...version, spec: { ...version.spec, artifact: { claim, path } } })
}

const neighbour = (cluster: Cluster, { folder }: StepOf<'neighbour'>): Cluster => {
  const number = cluster.neighbours.length + 1
  const version = sampleVersion(number, 0.9)
  const metadata = { ...version.metadata, name: `wine-v${number}`, uid: `wine-v${number}` }
  const artifact = { claim: 'iris-artifacts', path: folder }
  return { ...cluster, neighbours: [...cluster.neighbours, { ...version, metadata, spec: { ...version.spec, model: 'wine', artifact } }] }
}

const serve = (cluster: Cluster, { which, isAsked }: StepOf<'serve'>): Cluster => {
  const number = cluster.versions[which]?.spec.version
  if (number === undefined) return cluster
  const name = `service-${cluster.services.length}`
  return {
    ...cluster,
    services: [...cluster.services, isAsked ? sampleService(name, undefined, number) : sampleService(name, { entry: number })],
  }
}

const decide = (cluster: Cluster, { action, which, stage }: StepOf<'decide'>): Cluster => {
  const version = cluster.versions[which] ?? cluster.versions.at(-1)
  if (!version) return cluster
  const isAboutVersion = action !== 'Release' && (action !== 'Rollback' || which % 2 === 0)
  const said = {
    action,
    stage,
    reason: 'because',
    ...(isAboutVersion && { version: numberOf(version) }),
    ...(action === 'Approve' && { gateRun: 'x' }),
  }
  return { ...cluster, decisions: [...cluster.decisions, sampleDecision(said, { at: later(cluster.minutes) })] }
}

const run = (spec: ModelSpec, actions: Steps): void => {
  let cluster = emptyCluster(spec)
  let highest = 0
  for (const action of actions) {
    if (action.kind === 'register') cluster = register(cluster, action, ++highest)
    else if (action.kind === 'neighbour') cluster = neighbour(cluster, action)
    else if (action.kind === 'serve') cluster = serve(cluster, action)
    else if (action.kind === 'unserve') cluster = { ...cluster, services: cluster.services.slice(1) }
    else if (action.kind === 'decide') cluster = decide(cluster, action)
    else if (action.kind === 'respec') cluster = { ...cluster, spec: action.spec }
    else if (action.kind === 'delete') cluster = { ...cluster, versions: cluster.versions.filter((_, index) => index !== action.which) }
    else if (action.kind === 'wait') cluster = { ...cluster, minutes: cluster.minutes + action.minutes }
    else if (action.kind === 'pass') cluster = passed(cluster, action.last)
    else {
      const job = cluster.jobs.find(each => !isOver(each))
      // A Job may only be seen to work when nobody has begun to need a bundle since it was looked at.
      if (job && isCurrent(cluster)) cluster = worked(cluster, job, action.ending)
    }
  }
  settle(cluster)
}

/** Nothing has changed since the last whole pass. */
const isCurrent = (cluster: Cluster): boolean => JSON.stringify(pass(cluster).jobs) === JSON.stringify(cluster.jobs)

/** When every Job does its work, whatever may go goes: object and folder. */
const settle = (start: Cluster): void => {
  let cluster: Cluster = { ...start, decisions: start.decisions.filter(({ spec }) => spec.action !== 'Approve') }
  for (let round = 0; round < 40; round++) {
    cluster = passed({ ...cluster, minutes: cluster.minutes + 61 }, 'statuses')
    for (const job of cluster.jobs.filter(each => !isOver(each))) cluster = worked(cluster, job, 'done')
  }
  const { status, spec } = cluster
  if (!status) return
  expect(mayBeRetired(cluster, status, retiredIn(status))).toEqual([])
  expect(retiredIn(status).filter(number => spec.retention && !isServed(cluster, number))).toEqual([])
  expect(cluster.jobs.filter(job => !isOver(job))).toEqual([])
}

/** A bundle within the folder of one that was removed and whose object is still there. */
const innerFolder: [ModelSpec, Steps] = [
  { stages: [{ name: 'Staging', automatic: true, gates: [{ metric: 'accuracy', atLeast: 0.5 }] }], retention: { keep: 1 } },
  [
    { kind: 'register', accuracy: 0.4, folder: 'shared', claim: 'iris-artifacts' },
    { kind: 'register', accuracy: 0.4, folder: 'own', claim: 'iris-artifacts' },
    { kind: 'pass', last: 'statuses' },
    { kind: 'work', ending: 'done' },
    { kind: 'register', accuracy: 0.4, folder: 'shared/inner', claim: 'iris-artifacts' },
    { kind: 'register', accuracy: 0.4, folder: 'own', claim: 'iris-artifacts' },
  ],
]

describe('whatever happens to versions, services, people and Jobs, and whoever dies after any write', () => {
  it('nothing that somebody needs is retired or removed, no retired version moves, and everything that may go does', () => {
    fc.assert(fc.property(specs, steps, run), { numRuns: HISTORIES, examples: [innerFolder] })
  }, 600_000)
})
