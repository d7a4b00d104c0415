import { describe, expect, it } from 'vitest'
import { type Cluster, cluster, pass, restart, settle, worldOf } from '../../../test/simulated/cluster.ts'
import { type End, endPods, runPods, startPods } from '../../../test/simulated/kubernetes.ts'
import { specOf, trainingJob } from '../../../test/simulated/trainingjob.ts'
import { plan } from './plan.ts'

type Change = Parameters<typeof specOf>[0]
type Schedule = NonNullable<NonNullable<Change>['schedule']>

const nightly: Schedule = { cron: '0 3 * * *', timeZone: 'Europe/Berlin' }
const DAY = 86_400_000

/** As `kubectl edit` does it: what is not named stays. */
const edit = (c: Cluster, change: Change): void => {
  const { metadata, spec } = c.object
  c.object = { ...c.object, metadata: { ...metadata, generation: metadata.generation + 1 }, spec: specOf({ ...spec, ...change }) }
}
const request = (c: Cluster, value: string): void => {
  c.object = { ...c.object, metadata: { ...c.object.metadata, annotations: { 'tidegate.io/run-requested': value } } }
}
const work = (c: Cluster, how: End = 'success'): void => {
  startPods(c)
  runPods(c)
  endPods(c, how)
  settle(c)
}
/** The first run has ended on 2026-01-01 at midnight UTC. */
const trained = (schedule: Schedule | undefined, how: End = 'success'): Cluster => {
  const c = cluster(trainingJob({ ...(schedule && { schedule }), compute: { retries: 0 } }))
  settle(c)
  work(c, how)
  return c
}
const at = (c: Cluster, time: string): void => {
  c.now = Date.parse(time)
  settle(c)
}
const runs = (c: Cluster) => (c.object.status?.runs ?? []).map(run => `${run.number} ${run.trigger} ${run.outcome}`)
const next = (c: Cluster) => c.object.status?.nextRunAt
const say = (c: Cluster, type: string) => {
  const condition = c.object.status?.conditions?.find(each => each.type === type)
  return condition && `${condition.status} ${condition.reason}: ${condition.message}`
}

describe('a schedule', () => {
  it.each<[string, Schedule, string]>([
    ['every', { every: '30d' }, '2026-01-31T00:00:00Z'],
    ['cron', nightly, '2026-01-01T02:00:00Z'],
  ])('with %s starts the next run when it is due, once, and announces the one after', (_what, schedule, due) => {
    const c = trained(schedule)
    expect([runs(c), next(c)]).toEqual([['1 Spec Succeeded'], due])
    at(c, new Date(Date.parse(due) - 1000).toISOString())
    expect(runs(c)).toHaveLength(1)
    at(c, due)
    expect(runs(c)).toEqual(['2 Schedule Running', '1 Spec Succeeded'])
    expect(c.jobs.at(-1)?.metadata.name).toBe('iris-run-2')
    expect(Date.parse(next(c) ?? '')).toBe(Date.parse(due) + ('every' in schedule ? 30 : 1) * DAY)
    work(c)
    expect(runs(c)).toEqual(['2 Schedule Succeeded', '1 Spec Succeeded'])
    expect(c.versions.map(each => each.metadata.name)).toEqual(['iris-v1', 'iris-v2'])
  })

  it('writes nothing between its times, and looks again when the next one comes', () => {
    const c = trained(nightly)
    expect(plan(worldOf(c)).requeueAfter).toBe(7200)
    c.now += 7_199_500
    expect(pass(c)).toBe(0)
    expect(plan(worldOf(c)).requeueAfter).toBe(0.5)
    restart(c)
    expect(pass(c)).toBe(0)
  })

  it('catches up all that was missed with one run', () => {
    const c = trained({ cron: '* * * * *' })
    c.now += 365 * DAY
    settle(c)
    work(c)
    expect(runs(c)).toEqual(['2 Schedule Succeeded', '1 Spec Succeeded'])
    expect(next(c)).toBe('2027-01-01T00:01:00Z')
  })

  it('that comes while a run is at work waits for its end, and for no more than one run', () => {
    const c = trained({ every: '1h' })
    at(c, '2026-01-01T01:00:00Z')
    startPods(c)
    runPods(c)
    at(c, '2026-01-01T05:30:00Z')
    expect([runs(c)[0], next(c)]).toEqual(['2 Schedule Running', '2026-01-01T02:00:00Z'])
    endPods(c, 'success')
    settle(c)
    expect([runs(c)[0], next(c)]).toEqual(['3 Schedule Running', '2026-01-01T06:30:00Z'])
    work(c)
    expect(runs(c)).toHaveLength(3)
  })

  it('starts nothing while suspended, and one run on resume', () => {
    const c = trained(nightly)
    edit(c, { suspend: true })
    settle(c)
    expect(say(c, 'Ready')).toMatch(/^True Registered/)
    at(c, '2026-03-01T12:00:00Z')
    expect(runs(c)).toHaveLength(1)
    expect(say(c, 'Ready')).toBe('False Suspended: spec.suspend is true: the next run begins when spec.suspend is false')
    expect(pass(c)).toBe(0)
    edit(c, { suspend: false })
    settle(c)
    expect([runs(c)[0], next(c)]).toEqual(['2 Schedule Running', '2026-03-02T02:00:00Z'])
    work(c)
    expect(runs(c)).toHaveLength(2)
  })

  it('runs again what failed, and says when', () => {
    const c = trained(nightly, 'bad data')
    expect(say(c, 'Stalled')).toMatch(
      /run 1 failed and is not run again before 2026-01-01T02:00:00Z: change the spec, or ask for another run/,
    )
    at(c, '2026-01-01T02:00:00Z')
    expect(runs(c)).toEqual(['2 Schedule Running', '1 Spec Failed'])
    expect(say(c, 'Stalled')).toBeUndefined()
  })

  it('counts every from the start of the last run, whoever asked for it', () => {
    const c = trained({ every: '30d' })
    at(c, '2026-01-20T00:00:00Z')
    request(c, 'now')
    settle(c)
    expect([runs(c)[0], next(c)]).toEqual(['2 Request Running', '2026-02-19T00:00:00Z'])
  })

  it('says as an event why the run begins', () => {
    const c = trained(nightly)
    c.now = Date.parse('2026-01-01T02:00:03Z')
    const told = plan(worldOf(c)).events.map(event => event.message)
    expect(told).toEqual(['run 2 begins: spec.schedule was due at 2026-01-01T02:00:00Z'])
  })

  it.each([1, 2, 3])('ends in the same place when the operator dies after write %i of a pass in which it is due', writes => {
    const [c, undisturbed] = [trained(nightly), trained(nightly)]
    for (const one of [c, undisturbed]) one.now = Date.parse('2026-01-01T02:00:00Z')
    pass(c, writes)
    settle(c)
    settle(undisturbed)
    expect(c.writes.toSorted()).toEqual(undisturbed.writes.toSorted())
    expect(c.object.status).toEqual(undisturbed.object.status)
  })

  it('is remembered by the Job of its run when the status was lost', () => {
    const c = trained(nightly)
    at(c, '2026-01-01T02:00:00Z')
    startPods(c)
    c.object = { ...c.object, status: undefined }
    settle(c)
    expect(runs(c)[0]).toBe('2 Schedule Running')
    expect(c.jobs.map(job => job.metadata.annotations?.['tidegate.io/run-trigger'])).toEqual(['Schedule'])
  })
})

describe('a schedule that is changed', () => {
  it('has missed nothing when its cron is new', () => {
    const c = trained(undefined)
    c.now += 60 * DAY + DAY / 2
    edit(c, { schedule: nightly })
    settle(c)
    expect([runs(c), next(c)]).toEqual([['1 Spec Succeeded'], '2026-03-03T02:00:00Z'])
    edit(c, { schedule: { cron: '0 4 * * *' } })
    settle(c)
    expect([runs(c), next(c)]).toEqual([['1 Spec Succeeded'], '2026-03-03T04:00:00Z'])
  })

  it('is due at once when the last run is older than every', () => {
    const c = trained(undefined)
    c.now += 60 * DAY
    edit(c, { schedule: { every: '30d' } })
    const told = plan(worldOf(c)).events.map(event => event.message)
    expect(told).toEqual(['run 2 begins: spec.schedule is due'])
    settle(c)
    expect(runs(c)[0]).toBe('2 Schedule Running')
  })

  it('is forgotten when it is removed', () => {
    const c = trained(nightly)
    edit(c, { schedule: undefined })
    settle(c)
    c.now += 60 * DAY
    expect(pass(c)).toBe(0)
    expect([runs(c), next(c)]).toEqual([['1 Spec Succeeded'], undefined])
    expect(plan(worldOf(c)).requeueAfter).toBeUndefined()
  })
})

describe('a schedule that cannot be read', () => {
  const wrong: Schedule = { cron: '0 25 * * *' }

  it('starts nothing, and names the field', () => {
    const c = cluster(trainingJob({ schedule: wrong }))
    settle(c)
    expect([runs(c), c.jobs, next(c)]).toEqual([[], [], undefined])
    expect(say(c, 'Ready')).toMatch(/^False ConfigInvalid: spec\.schedule\.cron is "0 25 \* \* \*", which cannot be read: use five fields/)
    expect(say(c, 'Stalled')).toMatch(/^True ConfigInvalid/)
  })

  it('does not disturb the run at work', () => {
    const c = cluster(trainingJob())
    settle(c)
    startPods(c)
    runPods(c)
    edit(c, { schedule: wrong })
    settle(c)
    expect(runs(c)).toEqual(['1 Spec Running'])
    expect(say(c, 'Ready')).toMatch(/^False ConfigInvalid/)
    endPods(c, 'success')
    settle(c)
    expect(runs(c)).toEqual(['1 Spec Succeeded'])
    expect(c.versions).toHaveLength(1)
  })
})

describe('a TrainingJob without a schedule', () => {
  it('announces nothing, and marks no child', () => {
    const c = trained(undefined)
    expect(c.object.status).not.toHaveProperty('nextRunAt')
    const marks = [...c.jobs, ...c.configMaps].flatMap(each => Object.keys(each.metadata.annotations ?? {}))
    expect(new Set(marks)).toEqual(new Set(['tidegate.io/spec-digest']))
  })
})
