// What must hold of the cluster in memory after every step of every story.
import type { Summary } from '../../operator/api/bundle.ts'
import { seconds } from '../../operator/api/fields.ts'
import type { Run } from '../../operator/api/run.ts'
import type { Job, Pod } from '../../operator/plan/observed.ts'
import { runOf } from '../../operator/plan/trainingjob/names.ts'
import { isSameJson } from '../../operator/runtime/canonical.ts'
import type { Cluster } from './cluster.ts'
import { isLive, isOver, jobOf } from './kubernetes.ts'
import { wider } from './steps.ts'

/** What was true once and must stay true. */
export interface Memory {
  ended: Map<number, Run>
  /** Runs that the schedule began. */
  scheduled: Set<number>
  /** Runs that a failed gate began. */
  followed: Set<number>
  /** How many bundles a run left, as its pod said. */
  left: Map<number, number>
  /** Number of the run, by the uid of the Job. */
  made: Map<string, number>
  highest: number
}

export const emptyMemory = (): Memory => ({
  ended: new Map(),
  scheduled: new Set(),
  followed: new Set(),
  left: new Map(),
  made: new Map(),
  highest: 0,
})

const ended = (c: Cluster): Run[] => (c.object.status?.runs ?? []).filter(run => run.outcome !== 'Running')

/** Plain conditions: this is called after every step of thousands of stories. */
const must = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(`it does not hold that ${what}`)
}

export const check = (c: Cluster, memory: Memory): void => {
  checkRuns(c, memory)
  for (const job of c.jobs) checkJob(job, memory)
  must(new Set(c.pods.filter(isLive).map(jobOf)).size <= 1, 'pods of one Job at most are at work')
  must(c.jobs.filter(job => !isOver(job) && !job.spec?.suspend).length <= 1, 'one Job at most is at work')
  checkVersions(c, memory)
}

const checkVersions = (c: Cluster, memory: Memory): void => {
  for (const pod of c.pods) hear(memory, pod)
  const own = c.versions.flatMap(({ spec }) => (spec.source ? [{ ...spec, source: spec.source, rank: spec.source.rank ?? 1 }] : []))
  const sources = own.map(({ source, rank }) => `run ${source.run}, number ${rank}`)
  must(new Set(sources).size === sources.length, 'a bundle has one version at most')
  const runs = ended(c)
  const wellEnded = new Set(runs.flatMap(run => (run.outcome === 'Succeeded' ? [run.number] : [])))
  must(
    own.every(({ source }) => wellEnded.has(source.run)),
    'only a run that ended well has a version',
  )
  for (const { artifact, model, source, rank } of own) {
    const [folder = '', name = ''] = artifact.path.split('/')
    const uid = rank > 1 && name.endsWith(`-${rank}`) ? name.slice(0, -`-${rank}`.length) : name
    must(folder === model && memory.made.get(uid) === source.run, 'a version carries a bundle of its own run')
  }
  for (const run of runs.filter(each => each.version !== undefined)) {
    const versions = own.filter(({ source }) => source.run === run.number).toSorted((a, b) => a.version - b.version)
    must(versions.length === memory.left.get(run.number), `run ${run.number} has as many versions as it left bundles`)
    must(`${versions.at(-1)?.model}-v${versions.at(-1)?.version}` === run.version, `the best of run ${run.number} has the highest number`)
    must(
      versions.every(({ rank }, index) => rank === versions.length - index),
      `the versions of run ${run.number} stand in the order of their ranks`,
    )
  }
}

const hear = (memory: Memory, pod: Pod): void => {
  const { message, exitCode } = pod.status?.containerStatuses?.[0]?.state?.terminated ?? {}
  const run = memory.made.get(jobOf(pod) ?? '')
  if (run === undefined || exitCode !== 0 || !message?.endsWith('}')) return
  memory.left.set(run, 1 + ((JSON.parse(message) as Summary).runnersUp?.length ?? 0))
}

const checkRuns = (c: Cluster, memory: Memory): void => {
  const numbers = (c.object.status?.runs ?? []).map(run => run.number)
  must(
    numbers.every((number, i) => i === 0 || number < (numbers[i - 1] ?? 0)),
    'each number stands once, the newest first',
  )
  for (const run of ended(c)) {
    const before = memory.ended.get(run.number)
    const same = !before || isSameJson(lasting(run), lasting(before))
    must(same && (before?.version === undefined || before.version === run.version), `run ${run.number}, which had ended, stays as it was`)
    memory.ended.set(run.number, run)
  }
  const runs = c.object.status?.runs ?? []
  must(runs.filter(run => run.outcome === 'Running').length <= 1, 'one run at most is at work')
  for (const [i, run] of runs.entries()) checkTrigger(c, { run, before: runs[i + 1] }, memory)
}

interface Following {
  run: Run
  before: Run | undefined
}

const checkTrigger = (c: Cluster, { run, before }: Following, { scheduled, followed }: Memory): void => {
  const { number, trigger } = run
  if (trigger === 'GateFailure') {
    if (!followed.has(number)) checkFollowing(c, run, before)
    followed.add(number)
  } else if (trigger === 'Schedule') {
    if (!scheduled.has(number)) checkTime(c, run, before?.startedAt ?? '')
    scheduled.add(number)
  } else {
    const asked = !before || before.specDigest !== run.specDigest || before.request !== run.request || before.reason === 'Superseded'
    must(asked, `run ${number} was asked for`)
  }
}

/** Its registration and the word of the gates come later. */
const lasting = (run: Run): Omit<Run, 'version'> => {
  const { version: _, runnersUp: __, judgement: ___, ...rest } = run
  return rest
}

/** Bounded in number, and never at once. */
const checkFollowing = (c: Cluster, run: Run, before: Run | undefined): void => {
  must(c.object.spec.suspend === false, `run ${run.number} does not begin by itself while suspended`)
  must(
    before?.judgement?.verdict === 'Refused' && before.specDigest === run.specDigest,
    `a gate failed the version before run ${run.number}`,
  )
  must(run.attempt === (before?.attempt ?? 0) + 1 && run.attempt <= wider.attempts, `run ${run.number} is one of few in a row`)
  const pause = Date.parse(run.startedAt) - Date.parse(before?.judgement?.at ?? '')
  must(pause >= seconds(wider.after) * 1000, `run ${run.number} does not follow at once`)
}

/** Whatever came due is spent by the first run that begins afterwards: there must be something between the two starts. */
const checkTime = (c: Cluster, run: Run, before: string): void => {
  const schedule = c.object.spec.schedule ?? {}
  const [since, start] = [Date.parse(before), Date.parse(run.startedAt)]
  const half = Math.floor((start - 1_800_000) / 3_600_000) * 3_600_000 + 1_800_000
  // Half past two in Berlin is half past one in UTC, or half past midnight: these stories begin in winter and some last into summer.
  const nights = [30, 90].map(minutes => Math.floor((start - minutes * 60_000) / 86_400_000) * 86_400_000 + minutes * 60_000)
  const isDue = schedule.every ? start - since >= 3_600_000 : Math.max(...(schedule.timeZone ? nights : [half])) > since
  must(isDue, `a time of the schedule lies between run ${run.number} and the one before`)
  must(c.object.spec.suspend === false, `run ${run.number} does not begin by itself while suspended`)
}

const checkJob = (job: Job, memory: Memory): void => {
  const number = runOf(job) ?? 0
  const uid = job.metadata.uid ?? ''
  if (!memory.made.has(uid)) {
    must(!memory.ended.has(number), `no Job is made for run ${number}, which had ended`)
    must(number >= memory.highest, 'numbers only grow')
    memory.highest = number
    memory.made.set(uid, number)
  }
  must(job.spec?.ttlSecondsAfterFinished === undefined || memory.ended.has(number), 'the end of a run is known before its Job may go')
}
