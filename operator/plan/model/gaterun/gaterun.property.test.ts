import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gateName } from '../../../api/gate.ts'
import { GateConfig } from '../../../api/gatejob.ts'
import type { ModelSpec, ModelStatus } from '../../../api/model.ts'
import type { ModelVersion, ModelVersionStatus } from '../../../api/modelversion.ts'
import { validateJson } from '../../../api/validate.ts'
import type { Job, Pod } from '../../observed.ts'
import { plan } from '../plan.ts'
import { later, noServerJobs, nothingElse, sampleModel, sampleVersion } from '../sampleworld.ts'

const HISTORIES = Number(process.env['HISTORIES'] ?? 100)

const production = { name: 'Production', automatic: true, gates: [{ metric: 'accuracy', versus: 'holder' as const, margin: 0.01 }] }
const specs = fc.constantFrom<ModelSpec>(
  // Many challengers of one holder at once.
  { stages: [production] },
  { stages: [{ name: 'Staging', automatic: true, gates: [{ check: 'parity' }] }, production] },
)

const said = fc.constantFrom('Pass', 'Pass', 'Pass', 'Fail', 'Inconclusive', 'Error', 'other', 'nothing', 'rubbish', 'failed', 'lost')

const steps = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('register' as const) }) },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('answer' as const), which: fc.nat(2), said }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('deleteJob' as const), which: fc.nat(2) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('deleteVersion' as const), which: fc.nat(4) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 90 }) }) },
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('pass' as const), dies: fc.constantFrom('never', 'never', 'beforeStatuses') }) },
  ),
  // Long ones are rare otherwise.
  { maxLength: 60, size: 'max' },
)

type Steps = typeof steps extends fc.Arbitrary<infer Value> ? Value : never

interface Cluster {
  spec: ModelSpec
  status: ModelStatus | undefined
  versions: ModelVersion[]
  jobs: Job[]
  pods: Pod[]
  highest: number
  minutes: number
  /** Who was told Pass by a Job against whom, as "stage 3 of 2". */
  passed: Set<string>
}

const look = ({ spec, status, versions, jobs, pods, minutes }: Cluster) =>
  plan({
    object: sampleModel(spec, status),
    versions,
    decisions: [],
    ...nothingElse,
    now: later(minutes),
    serverJobs: { ...noServerJobs, jobs, pods },
  })

let jobs = 0

const carriedOut = (cluster: Cluster, dies: string): Cluster => {
  const planned = look(cluster)
  const wanted = planned.apply.flatMap(({ object }) => (object.kind === 'Job' ? [existing(cluster, object as Job)] : []))
  expect(wanted.filter(job => !isOver(job)).length).toBeLessThanOrEqual(3)
  const forgotten = cluster.jobs.filter(job => !job.spec?.ttlSecondsAfterFinished && isForgotten(wanted, job))
  for (const job of forgotten) expect(isNews(cluster, planned, job)).toBe(false)
  const after = {
    ...cluster,
    status: planned.status as ModelStatus,
    jobs: wanted.map(job => ({ ...job, metadata: { ...job.metadata, uid: job.metadata.uid ?? `job-${++jobs}` } })),
  }
  if (dies === 'beforeStatuses') return after
  const versions = cluster.versions.map(version => {
    const write = planned.statuses?.find(({ object }) => object === version)
    return write ? { ...version, status: write.status as ModelVersionStatus } : version
  })
  return { ...after, versions }
}

const isForgotten = (wanted: readonly Job[], { metadata }: Job): boolean =>
  wanted.some(job => job.metadata.name === metadata.name && job.spec?.ttlSecondsAfterFinished !== undefined)

/** Its answer is told in this pass and not stored yet, or its version still waits for it. */
const isNews = ({ versions }: Cluster, planned: ReturnType<typeof look>, job: Job): boolean => {
  const { gateRun, challenger } = configOf(job)
  const version = versions.find(({ spec }) => spec.version === challenger.version)
  const told = planned.statuses?.find(({ object }) => object === version)?.status as ModelVersionStatus | undefined
  const isIn = (status: ModelVersionStatus | undefined) => status?.measured?.some(each => each.gateRun === gateRun) ?? false
  const isAwaited = told?.gateRun === gateRun && (told.conditions ?? []).some(({ reason }) => reason === 'Measuring')
  return !isIn(version?.status) && (isIn(told) || isAwaited)
}

/** An apply leaves status and uid of a Job as they are. */
const existing = ({ jobs: known }: Cluster, job: Job): Job => {
  const found = known.find(({ metadata }) => metadata.name === job.metadata.name)
  return found ? { ...found, spec: job.spec ?? {} } : job
}

const isOver = (job: Job): boolean => (job.status?.conditions?.length ?? 0) > 0

const configOf = (job: Job): GateConfig => {
  const { template } = job.spec as unknown as { template: { spec: { containers: { args: string[] }[] } } }
  const checked = validateJson(GateConfig, template.spec.containers[0]?.args[1] ?? '', 100_000)
  if ('complaints' in checked) throw new Error(checked.complaints.join('; '))
  return checked.value
}

const answer = (cluster: Cluster, which: number, what: string): Cluster => {
  const open = cluster.jobs.filter(job => !isOver(job))
  const job = open[which % Math.max(1, open.length)]
  if (!job) return cluster
  const { gateRun, gates, stage, challenger, holder } = configOf(job)
  const at = later(cluster.minutes).toISOString()
  const status = { conditions: [{ type: what === 'failed' ? 'Failed' : 'Complete', status: 'True' as const, lastTransitionTime: at }] }
  const told = cluster.jobs.map(each => (each === job ? { ...job, status } : each))
  if (what === 'failed' || what === 'lost') return { ...cluster, jobs: told }
  const isVerdict = what !== 'nothing' && what !== 'rubbish'
  const findings = gates.map(gate => ({
    name: what === 'other' ? 'another gate' : gateName(gate),
    verdict: what === 'other' ? 'Pass' : what,
    message: `${stage} ${what}`,
  }))
  const message = isVerdict ? JSON.stringify({ contract: 1, gateRun, findings }) : what === 'nothing' ? '' : '{"contract":1}'
  const owner = { apiVersion: 'batch/v1', kind: 'Job', name: job.metadata.name, uid: job.metadata.uid ?? '', controller: true }
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `pod-${job.metadata.uid}`, namespace: 'ns', uid: `pod-${job.metadata.uid}`, ownerReferences: [owner] },
    status: { phase: 'Succeeded', containerStatuses: [{ name: 'gates', state: { terminated: { exitCode: 0, message } } }] },
  }
  if (what === 'Pass') cluster.passed.add(wayOf(stage, challenger.version, holder?.version))
  return { ...cluster, jobs: told, pods: [...cluster.pods, pod] }
}

const wayOf = (stage: string, version: number, holder: number | undefined): string => `${stage} ${version} of ${holder ?? 'nobody'}`

const checkMoves = (before: ModelStatus | undefined, { status, passed, versions }: Cluster): void => {
  const fresh = (status?.history ?? []).slice(0, (status?.history?.length ?? 0) - (before?.history?.length ?? 0)).toReversed()
  const holders: Record<string, number | undefined> = { ...before?.holders }
  for (const { version, from, to } of fresh) {
    if (to === 'Archived') continue
    const holder = to === 'Production' ? holders[to] : undefined
    // parity asks nobody but the version itself, so whoever holds Staging does not matter.
    const ways = to === 'Production' ? [wayOf(to, version, holder)] : [...passed].filter(way => way.startsWith(`${to} ${version} of`))
    expect(ways.some(way => passed.has(way))).toBe(true)
    if (from !== 'None') delete holders[from]
    holders[to] = version
    expect(versions.some(({ spec: { version: number } }) => number === version)).toBe(true)
  }
}

const checked = (before: Cluster, dies: string): Cluster => {
  const after = carriedOut(before, dies)
  checkMoves(before.status, after)
  return after
}

const run = (spec: ModelSpec, actions: Steps): void => {
  let cluster: Cluster = { spec, status: undefined, versions: [], jobs: [], pods: [], highest: 0, minutes: 0, passed: new Set() }
  for (const action of actions) {
    if (action.kind === 'register') {
      const highest = cluster.highest + 1
      cluster = { ...cluster, highest, versions: [...cluster.versions, sampleVersion(highest, 0.9, { at: later(cluster.minutes) })] }
    } else if (action.kind === 'answer') cluster = answer(cluster, action.which, action.said)
    else if (action.kind === 'deleteJob') cluster = { ...cluster, jobs: cluster.jobs.filter((_, index) => index !== action.which) }
    else if (action.kind === 'deleteVersion')
      cluster = { ...cluster, versions: cluster.versions.filter((_, index) => index !== action.which) }
    else if (action.kind === 'wait') cluster = { ...cluster, minutes: cluster.minutes + action.minutes }
    else cluster = checked(cluster, action.dies)
  }
  settle(cluster)
}

/** Nothing waits for ever: when every Job answers, each version ends with a verdict, and no Job is left at work. */
const settle = (start: Cluster): void => {
  let cluster = start
  for (let round = 0; round < 40; round++) {
    cluster = { ...checked(cluster, 'never'), minutes: cluster.minutes + 61 }
    while (cluster.jobs.some(job => !isOver(job))) cluster = answer(cluster, 0, 'Fail')
  }
  const last = carriedOut(cluster, 'never')
  expect(last.jobs.filter(job => !isOver(job))).toEqual([])
  const reasons = last.versions.map(({ status }) => status?.conditions?.find(({ type }) => type === 'Ready')?.reason)
  expect(reasons).not.toContain('Measuring')
}

describe('whatever Jobs answer, and whoever dies meanwhile', () => {
  it('no version passes a gate that no Job has passed, against the very version that it replaced, and nothing waits for ever', () => {
    fc.assert(fc.property(specs, steps, run), { numRuns: HISTORIES })
  }, 300_000)
})
