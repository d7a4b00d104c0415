import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Decision, DecisionSpec, DecisionStatus } from '../../api/decision.ts'
import { seconds } from '../../api/fields.ts'
import { Model, type ModelSpec, type ModelStatus, type Move, type Stage } from '../../api/model.ts'
import type { ModelVersion } from '../../api/modelversion.ts'
import { validate } from '../../api/validate.ts'
import { gateRunOf } from './gaterun/challenge.ts'
import { type Cause, isLegal } from './moves.ts'
import { plan } from './plan.ts'
import { registryOf, standing } from './registry.ts'
import { digestOf, later, noServerJobs, nothingElse, sampleDecision, sampleModel, sampleVersion } from './sampleworld.ts'

const HISTORIES = Number(process.env['HISTORIES'] ?? 1000)
const PEOPLE = ['ann', 'bob']
const STAGES = ['Staging', 'Production', 'Canary']

const share = fc.constantFrom(0.4, 0.6, 0.9, 0.9)
const stage = fc.record({
  gate: fc.constantFrom(undefined, 0.5, 0.8),
  required: fc.constantFrom(undefined, 1, 1, 2),
  notAuthor: fc.boolean(),
  soak: fc.option(fc.constantFrom('10m', '2h'), { nil: undefined }),
  automatic: fc.constantFrom(true, true, false),
})
const specs = fc.array(stage, { minLength: 1, maxLength: 3 }).map(
  (stages): ModelSpec => ({
    stages: stages.map(({ gate, required, notAuthor, soak, automatic }, index) => ({
      name: STAGES[index] as string,
      automatic,
      ...(gate !== undefined && { gates: [{ metric: 'accuracy', atLeast: gate }] }),
      ...(required !== undefined && { approvals: { required, notAuthor, expireAfter: '6h' } }),
      ...(soak !== undefined && { soak }),
    })),
  }),
)

const steps = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('register' as const),
        accuracy: share,
        author: fc.option(fc.constantFrom(...PEOPLE), { nil: undefined }),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('decide' as const),
        action: fc.constantFrom(
          'Approve',
          'Approve',
          'Reject',
          'Promote',
          'Bypass',
          'Archive',
          'Restore',
          'Rollback',
          'Release',
        ) as fc.Arbitrary<DecisionSpec['action']>,
        which: fc.nat(5),
        stage: fc.constantFrom(...STAGES),
        by: fc.constantFrom(...PEOPLE),
        aim: fc.constantFrom('true', 'true', 'true', 'digest', 'judgement'),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), which: fc.nat(5) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('respec' as const), spec: specs }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 300 }) }) },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('pass' as const), dies: fc.constantFrom('never', 'never', 'before', 'after') }) },
  ),
  { minLength: 5, maxLength: 40 },
)

type Steps = typeof steps extends fc.Arbitrary<infer Value> ? Value : never

/** What the API server holds. */
interface Cluster {
  spec: ModelSpec
  status: ModelStatus | undefined
  versions: ModelVersion[]
  decisions: Decision[]
  highest: number
  minutes: number
}

const look = ({ spec, status, versions, decisions, minutes }: Cluster) =>
  plan({
    object: sampleModel(spec, status),
    versions,
    decisions,
    ...nothingElse,
    now: later(minutes),
    serverJobs: noServerJobs,
  })

/** The status of each Decision that a pass answered. */
const answers = (planned: ReturnType<typeof look>, decisions: readonly Decision[]): Decision[] =>
  decisions.map(decision => {
    const write = planned.statuses?.find(({ object }) => object.metadata.name === decision.metadata.name)
    return write ? { ...decision, status: write.status as DecisionStatus } : decision
  })

const newOnes = (before: ModelStatus | undefined, after: ModelStatus): Move[] =>
  (after.history ?? []).slice(0, (after.history?.length ?? 0) - (before?.history?.length ?? 0)).toReversed()

const isMeasuredEnough = ({ gates = [] }: Stage, { spec }: ModelVersion): boolean =>
  gates.every(({ atLeast = 0 }) => (spec.evaluation?.metrics[0]?.value ?? Number.NaN) >= atLeast)

/** Told from the Decisions alone: who approved this very version for this very stage, and still counts. */
const approvers = ({ decisions, minutes }: Cluster, stage: Stage, version: ModelVersion): Set<string> =>
  new Set(
    decisions
      .filter(
        ({ spec, metadata }) =>
          spec.action === 'Approve' &&
          spec.stage === stage.name &&
          spec.version === version.spec.version &&
          spec.digest === version.spec.digest &&
          spec.gateRun === gateRunOf({ stage, version, holder: undefined }) &&
          later(minutes).getTime() - Date.parse(metadata.creationTimestamp) < 6 * 3_600_000 &&
          !(stage.approvals?.notAuthor && version.metadata.annotations?.['tidegate.io/submitted-by'] === spec.by),
      )
      .map(({ spec }) => spec.by),
  )

/** What must be true of a move into a stage, by whoever made it. */
const checkEntrance = (cluster: Cluster, move: Move): void => {
  const stage = cluster.spec.stages.find(({ name }) => name === move.to) as Stage
  const version = cluster.versions.find(({ spec }) => spec.version === move.version) as ModelVersion
  const decision = cluster.decisions.find(({ metadata }) => metadata.name === move.decisions?.[0])
  const cause: Cause = move.actor === 'tidegate' ? 'climb' : (decision?.spec.action as Cause)
  expect(isLegal(cluster.spec, cause, move)).toBe(true)
  if (cause !== 'climb') expect(decision).toMatchObject({ spec: { by: move.actor, stage: move.to } })
  if (cause === 'Rollback' || cause === 'Bypass') return
  expect(isMeasuredEnough(stage, version)).toBe(true)
  expect(approvers(cluster, stage, version).size).toBeGreaterThanOrEqual(stage.approvals?.required ?? 0)
  if (stage.approvals?.notAuthor) expect(version.metadata.annotations).toHaveProperty(['tidegate.io/submitted-by'])
  if (cause === 'climb') checkClimb(cluster, stage, version)
}

/** Automation beyond gates and approvals: it is asked for, and enough time has passed. */
const checkClimb = ({ status, minutes }: Cluster, stage: Stage, version: ModelVersion): void => {
  expect(stage.automatic).toBe(true)
  if (!stage.soak) return
  const before = registryOf(status)
  const since = before.since[standing(before, version.spec.version)] ?? version.metadata.creationTimestamp
  expect(later(minutes).getTime() - Date.parse(since)).toBeGreaterThanOrEqual(seconds(stage.soak) * 1000)
}

/** What people said last, told from the moves and the Decisions alone. */
interface Words {
  rejected: Set<number>
  /** Stages whose holder a person chose though a newer version existed. */
  held: Set<string>
  /** Names of Decisions that were carried out. */
  heard: Set<string>
}

/** Automation never undoes the word of a person. In one pass all words come first, in the order in which they were given. */
const checkWords = (cluster: Cluster, words: Words, fresh: readonly Move[]): void => {
  for (const { metadata, spec } of inOrder(cluster.decisions)) {
    if (words.heard.has(metadata.name)) continue
    words.heard.add(metadata.name)
    if (spec.action === 'Release') words.held.delete(spec.stage)
    const move = fresh.find(({ actor, decisions: [name] = [], to }) => actor !== 'tidegate' && name === metadata.name && to !== 'Archived')
    if (move) hear(cluster, words, { action: spec.action, move })
  }
  for (const { actor, version, from, to } of fresh) {
    if (actor !== 'tidegate' || to === 'Archived') continue
    expect([...words.rejected]).not.toContain(version)
    expect([...words.held]).not.toContain(to)
    expect([...words.held]).not.toContain(from)
  }
}

const inOrder = (decisions: readonly Decision[]): Decision[] =>
  decisions
    .filter(({ spec }) => spec.action !== 'Approve')
    .toSorted(
      ({ metadata: a }, { metadata: b }) => Date.parse(a.creationTimestamp) - Date.parse(b.creationTimestamp) || (a.name < b.name ? -1 : 1),
    )

const hear = ({ versions }: Cluster, words: Words, { action, move: { version, to } }: { action: string; move: Move }): void => {
  if (action === 'Reject') {
    words.rejected.add(version)
    return
  }
  words.rejected.delete(version)
  const isNewest = versions.every(({ spec }) => spec.version <= version)
  if (action === 'Rollback' || !isNewest) words.held.add(to)
  else words.held.delete(to)
}

/** The ledger explains every change of place, and nothing else changed. */
const checkLedger = (before: ModelStatus | undefined, after: ModelStatus, existing: ReadonlySet<number>): void => {
  const places = new Map<number, string>()
  for (const number of existing) places.set(number, standing(registryOf(before), number))
  for (const move of newOnes(before, after)) {
    // Whoever was replaced leaves in the same moment; its line stands behind the one that replaced it.
    if (existing.has(move.version)) places.set(move.version, move.to)
    expect(move.reason.length).toBeGreaterThan(0)
    expect(move.digest).toMatch(/^sha256:/)
  }
  for (const [number, place] of places) expect(standing(registryOf(after), number)).toBe(place)
}

const commit = (cluster: Cluster, primary: Map<string, number>, words: Words): Cluster => {
  const planned = look(cluster)
  const status = planned.status as ModelStatus
  const { conditions: _, ...kept } = status
  expect(validate(Model.status, kept)).not.toHaveProperty('complaints')
  const held = Object.values(status.holders ?? {})
  expect(new Set(held).size).toBe(held.length)
  expect(held.filter(holder => status.archived?.includes(holder))).toEqual([])
  const fresh = newOnes(cluster.status, status)
  checkWords(cluster, words, fresh)
  for (const move of fresh.filter(({ to }) => to !== 'None' && to !== 'Archived')) checkEntrance(cluster, move)
  checkLedger(cluster.status, status, new Set(cluster.versions.map(({ spec }) => spec.version)))
  for (const { actor, decisions, version, to } of fresh) {
    const [first] = decisions ?? []
    if (actor === 'tidegate' || !first) continue
    const said = cluster.decisions.find(({ metadata }) => metadata.name === first)
    if (said?.spec.version === version || (said?.spec.action === 'Rollback' && to === said.spec.stage))
      primary.set(first, (primary.get(first) ?? 0) + 1)
  }
  return { ...cluster, status, decisions: cluster.decisions }
}

const run = (first: ModelSpec, actions: Steps): void => {
  let cluster: Cluster = { spec: first, status: undefined, versions: [], decisions: [], highest: 0, minutes: 0 }
  /** How often each Decision moved the version that it is about. */
  const primary = new Map<string, number>()
  const words: Words = { rejected: new Set(), held: new Set(), heard: new Set() }
  for (const [index, action] of actions.entries()) {
    if (action.kind === 'register') {
      const highest = cluster.highest + 1
      const version = sampleVersion(highest, action.accuracy, {
        ...(action.author && { author: action.author }),
        at: later(cluster.minutes),
      })
      cluster = { ...cluster, highest, versions: [...cluster.versions, version] }
    } else if (action.kind === 'decide') cluster = { ...cluster, decisions: [...cluster.decisions, decide(cluster, action, index)] }
    else if (action.kind === 'delete') cluster = { ...cluster, versions: cluster.versions.filter((_, at) => at !== action.which) }
    else if (action.kind === 'respec') cluster = { ...cluster, spec: action.spec }
    else if (action.kind === 'wait') cluster = { ...cluster, minutes: cluster.minutes + action.minutes }
    else if (action.dies !== 'before') {
      const after = commit(cluster, primary, words)
      const planned = look(after)
      expect(newOnes(after.status, planned.status as ModelStatus)).toEqual([])
      cluster = action.dies === 'after' ? after : { ...after, decisions: answers(planned, after.decisions) }
      if (action.dies === 'never') checkAnswered(cluster)
    }
  }
  expect([...primary].filter(([, times]) => times > 1)).toEqual([])
}

/** Nothing but an approval may wait. */
const checkAnswered = ({ decisions }: Cluster): void => {
  expect(decisions.filter(({ spec, status }) => spec.action !== 'Approve' && !status?.outcome)).toEqual([])
  expect(decisions.filter(({ status }) => !status?.message)).toEqual([])
}

type Deciding = Extract<Steps[number], { kind: 'decide' }>

const decide = (cluster: Cluster, { action, which, stage: name, by, aim }: Deciding, index: number): Decision => {
  const version = cluster.versions[which] ?? cluster.versions.at(-1)
  const number = version?.spec.version ?? which + 1
  const step = cluster.spec.stages.find(each => each.name === name)
  const gateRun = aim !== 'judgement' && step && version ? gateRunOf({ stage: step, version, holder: undefined }) : 'another'
  const asked = {
    action,
    stage: name,
    by,
    reason: 'because',
    ...(action !== 'Release' && action !== 'Rollback' && { version: number }),
    ...(action === 'Approve' && { digest: aim === 'digest' ? digestOf(number + 1) : digestOf(number), gateRun }),
    ...(action === 'Bypass' && { digest: digestOf(number) }),
  }
  return sampleDecision(asked, { at: later(cluster.minutes), name: `decision-${index}` })
}

describe('whatever people, versions, rules, time and crashes do', () => {
  it(`no stage has two holders, nothing enters without its gates and approvals, and the ledger tells every move with its reason`, () => {
    fc.assert(fc.property(specs, steps, run), { numRuns: HISTORIES })
  }, 600_000)
})
