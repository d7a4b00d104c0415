import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Cluster, cluster, pass, restart, settle } from '../../../test/simulated/cluster.ts'
import {
  collect,
  type End,
  endPods,
  forgetJobs,
  isLive,
  isOver,
  jobOf,
  passDeadline,
  runPods,
  startPods,
} from '../../../test/simulated/kubernetes.ts'
import { specOf } from '../../../test/simulated/trainingjob.ts'
import type { Run } from '../../api/trainingjob.ts'
import { isSameJson } from '../../runtime/canonical.ts'
import type { Job } from '../observed.ts'
import { runOf } from './names.ts'
import { specDigest } from './specdigest.ts'

type Step = (c: Cluster) => void

const spec = (c: Cluster, change: Parameters<typeof specOf>[0]): void => {
  const { suspend, schedule } = c.object.spec
  c.object = {
    ...c.object,
    metadata: { ...c.object.metadata, generation: c.object.metadata.generation + 1 },
    spec: specOf({ suspend, ...(schedule && { schedule }), ...change }),
  }
}

const annotate = (c: Cluster, value: string): void => {
  c.object = { ...c.object, metadata: { ...c.object.metadata, annotations: { 'tidegate.io/run-requested': value } } }
}

const steps: Record<string, Step> = {
  'the loop runs once': c => void pass(c),
  'the loop comes to rest': settle,
  'the operator dies after one write': c => void pass(c, 1),
  'the operator dies after two writes': c => void pass(c, 2),
  'the operator dies after three writes': c => void pass(c, 3),
  'the operator is restarted': restart,
  'the operator has another image': c => {
    c.settings = { ...c.settings, trainerImage: `tidegate/trainer:${c.uids}` }
  },
  'time passes': c => {
    c.now += 60_000
  },
  'an hour passes': c => {
    c.now += 3_600_000
  },
  'the operator is away for a month': c => {
    c.now += 30 * 86_400_000
    restart(c)
  },
  'pods start': startPods,
  'pods run': runPods,
  'the deadline passes': passDeadline,
  'old jobs are forgotten': forgetJobs,
  'somebody deletes the jobs': c => {
    c.jobs = []
  },
  'somebody deletes the jobs and their pods': c => {
    c.jobs = []
    collect(c)
  },
  'somebody deletes the pods': c => {
    c.pods = []
  },
  'somebody deletes the ConfigMaps': c => {
    c.configMaps = []
  },
  'the garbage collector runs': collect,
  'the spec asks for another seed': c => spec(c, { data: { source: { builtin: 'iris' }, split: { seed: c.uids } } }),
  'the spec asks for the first computation again': c => spec(c, {}),
  'the spec asks for more time': c => spec(c, { compute: { deadline: '2h' } }),
  'the spec becomes impossible': c => spec(c, { candidates: [{ algorithm: 'randomForest', parameters: { max_iter: 1 } }] }),
  'the spec names another model': c => spec(c, { model: 'other' }),
  'a run is requested': c => annotate(c, `at ${c.uids}`),
  'it is to run every hour': c => spec(c, { schedule: { every: '1h' } }),
  'it is to run when an hour is half over': c => spec(c, { schedule: { cron: '30 * * * *' } }),
  'it is to run at night in Berlin': c => spec(c, { schedule: { cron: '30 2 * * *', timeZone: 'Europe/Berlin' } }),
  'its schedule cannot be read': c => spec(c, { schedule: { cron: '0 25 * * *' } }),
  'its schedule is removed': c => {
    const { schedule: _, ...rest } = c.object.spec
    c.object = { ...c.object, spec: rest }
  },
  'it is suspended': c => spec(c, { suspend: true }),
  'it is resumed': c => spec(c, { suspend: false }),
  'a stranger takes the next version': c => {
    const version = 1 + Math.max(0, ...c.versions.map(each => each.spec.version))
    const template = { model: 'iris', version, artifact: { claim: 'x', path: 'y' }, digest: `sha256:${'c'.repeat(64)}` }
    c.versions.push({
      apiVersion: 'tidegate.io/v1alpha1',
      kind: 'ModelVersion',
      metadata: { ...c.object.metadata, name: `iris-v${version}`, uid: `v-${++c.uids}` },
      spec: { ...template, evaluation: { rows: 1, metrics: [{ name: 'accuracy', value: 1 }] } },
    })
  },
  'a quota refuses Jobs': c => {
    c.refused = ['Job']
  },
  'a quota refuses versions': c => {
    c.refused = ['ModelVersion']
  },
  'quotas are gone': c => {
    c.refused = []
    c.refusals = []
  },
  'progress is told': c => {
    c.progress = { contract: 1, stage: 'Training', percent: (c.uids * 37) % 101 }
  },
}
for (const how of ['success', 'bad data', 'crash', 'out of memory', 'nonsense', 'silence', 'stolen bundle'] satisfies End[]) {
  steps[`pods end in ${how}`] = c => endPods(c, how)
}

/** Steps that lead somewhere are taken more often than their share. */
const usual = ['the loop comes to rest', 'the loop comes to rest', 'pods start', 'pods run', 'pods end in success', 'the loop runs once']
const story = fc.array(fc.constantFrom(...usual, ...Object.keys(steps)), { minLength: 10, maxLength: 60 })

/** A schedule from the beginning, runs that end, and times that come while this and that happens. */
const schedules = Object.keys(steps).filter(name => name.startsWith('it is to run'))
const round = [
  'the loop comes to rest',
  'pods start',
  'pods run',
  'pods end in success',
  'the loop comes to rest',
  'the garbage collector runs',
]
const clocks = ['an hour passes', 'time passes', 'the operator is away for a month']
const deaths = ['the operator dies after one write', 'the operator dies after two writes', 'the operator dies after three writes']
const others = [
  'the loop runs once',
  'a run is requested',
  'it is suspended',
  'it is resumed',
  'pods start',
  'the spec asks for another seed',
]
const rest = ['pods end in crash', 'its schedule cannot be read', 'old jobs are forgotten', ...schedules]
const scene = fc.oneof(
  fc.constantFrom(...clocks).map(clock => [clock, ...round]),
  fc.constantFrom(...clocks, ...deaths, ...others, ...rest).map(name => [name]),
)
const scheduledStory = fc
  .tuple(fc.constantFrom(...schedules), fc.array(scene, { minLength: 5, maxLength: 15 }))
  .map(([first, scenes]) => [first, ...round, ...scenes.flat()])

/** A campaign takes more. */
const stories = Number(process.env['TIDEGATE_STORIES'] ?? 200)

/** What was true once and must stay true. */
interface Memory {
  ended: Map<number, Run>
  /** Runs that the schedule began. */
  scheduled: Set<number>
  /** Number of the run, by the uid of the Job. */
  made: Map<string, number>
  highest: number
}

const ended = (c: Cluster): Run[] => (c.object.status?.runs ?? []).filter(run => run.outcome !== 'Running')

/** Plain conditions: this is called after every step of thousands of stories. */
const must = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(`it does not hold that ${what}`)
}

const check = (c: Cluster, memory: Memory): void => {
  checkRuns(c, memory)
  for (const job of c.jobs) checkJob(job, memory)
  must(new Set(c.pods.filter(isLive).map(jobOf)).size <= 1, 'pods of one Job at most are at work')
  must(c.jobs.filter(job => !isOver(job) && !job.spec?.suspend).length <= 1, 'one Job at most is at work')
  const sources = c.versions.flatMap(({ spec: { source } }) => (source ? [source.run] : []))
  must(new Set(sources).size === sources.length, 'a run has one version at most')
  const wellEnded = new Set(ended(c).flatMap(run => (run.outcome === 'Succeeded' ? [run.number] : [])))
  must(
    sources.every(run => wellEnded.has(run)),
    'only a run that ended well has a version',
  )
  for (const { spec } of c.versions) {
    const [model = '', uid = ''] = spec.artifact.path.split('/')
    must(!spec.source || (model === spec.model && memory.made.get(uid) === spec.source.run), 'a version carries the bundle of its own run')
  }
}

const checkRuns = (c: Cluster, memory: Memory): void => {
  const numbers = (c.object.status?.runs ?? []).map(run => run.number)
  must(
    numbers.every((number, i) => i === 0 || number < (numbers[i - 1] ?? 0)),
    'each number stands once, the newest first',
  )
  for (const run of ended(c)) {
    const before = memory.ended.get(run.number)
    const same = !before || isSameJson({ ...run, version: before.version }, before)
    must(same && (before?.version === undefined || before.version === run.version), `run ${run.number}, which had ended, stays as it was`)
    memory.ended.set(run.number, run)
  }
  const runs = c.object.status?.runs ?? []
  must(runs.filter(run => run.outcome === 'Running').length <= 1, 'one run at most is at work')
  for (const [i, run] of runs.entries()) {
    const before = runs[i + 1]
    const asked = !before || before.specDigest !== run.specDigest || before.request !== run.request || before.reason === 'Superseded'
    must(asked || run.trigger === 'Schedule', `run ${run.number} was asked for`)
    if (run.trigger === 'Schedule' && !memory.scheduled.has(run.number)) checkTime(c, run, before?.startedAt ?? '')
    if (run.trigger === 'Schedule') memory.scheduled.add(run.number)
  }
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

describe('a TrainingJob, whatever happens', () => {
  it.each([
    ['', story, stories, 0],
    ['with a schedule: ', scheduledStory, Math.ceil(stories / 2), Math.ceil(stories / 4)],
  ] as const)('%shas one run at work, ends each run once, never takes a number twice, and comes to rest', (_what, kind, many, least) => {
    let scheduled = 0
    fc.assert(
      fc.property(kind, names => {
        const c = cluster()
        const memory: Memory = { ended: new Map(), scheduled: new Set(), made: new Map(), highest: 0 }
        for (const name of names) {
          steps[name]?.(c)
          check(c, memory)
        }
        // Kubernetes cleans up behind us, and then nothing is left to do.
        collect(c)
        for (let i = 0; i < 3; i++) {
          c.now += 60_000
          settle(c)
          collect(c)
        }
        check(c, memory)
        expect(pass(c)).toBe(0)
        restart(c)
        if (c.refused.length === 0) expect(pass(c), 'writes after a restart').toBe(0)
        scheduled += memory.scheduled.size
      }),
      { numRuns: many },
    )
    expect(scheduled, 'runs that a schedule began').toBeGreaterThanOrEqual(least)
  })

  it('reaches the end of a run when nothing goes wrong any more', () => {
    fc.assert(
      fc.property(story, names => {
        const c = cluster()
        for (const name of names) steps[name]?.(c)
        c.refused = []
        restart(c)
        steps['its schedule is removed']?.(c)
        spec(c, { suspend: false })
        for (let i = 0; i < 8; i++) {
          c.now += 60_000
          settle(c)
          collect(c)
          startPods(c)
          runPods(c)
          endPods(c, 'success')
        }
        settle(c)
        const runs = c.object.status?.runs ?? []
        expect(runs[0]).toMatchObject({ specDigest: specDigest(c.object.spec), outcome: expect.stringMatching('Succeeded|Failed') })
        expect(runs[0]?.reason).not.toBe('Superseded')
        expect(runs.filter(run => run.outcome === 'Succeeded' && run.version === undefined)).toEqual([])
      }),
      { numRuns: Math.ceil(stories / 4) },
    )
  })
})
