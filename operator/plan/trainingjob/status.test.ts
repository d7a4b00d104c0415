import { describe, expect, it } from 'vitest'
import { type Cluster, cluster, pass, settle, worldOf } from '../../../test/simulated/cluster.ts'
import { type End, endPods, runPods, startPods } from '../../../test/simulated/kubernetes.ts'
import { failure, specOf, trainingJob } from '../../../test/simulated/trainingjob.ts'
import type { Pod } from '../observed.ts'
import { plan } from './plan.ts'

type Change = Parameters<typeof trainingJob>[0]

const begun = (change: Change = {}): Cluster => {
  const c = cluster(trainingJob(change))
  settle(c)
  return c
}
const working = (change: Change = {}): Cluster => {
  const c = begun(change)
  startPods(c)
  runPods(c)
  settle(c)
  return c
}
const after = (how: End, change: Change = { compute: { retries: 0 } }): Cluster => {
  const c = working(change)
  endPods(c, how)
  settle(c)
  return c
}
const say = (c: Cluster, type: string): string => {
  const condition = c.object.status?.conditions?.find(each => each.type === type)
  return condition ? `${condition.status} ${condition.reason}: ${condition.message}` : 'absent'
}
const types = (c: Cluster) => c.object.status?.conditions?.map(each => each.type)

const podStatus = (c: Cluster, status: Pod['status']): void => {
  const [pod] = c.pods
  if (pod) pod.status = status
  settle(c)
}

describe('the conditions', () => {
  it('are all there from the first pass, in their order, with the generation that was looked at', () => {
    const c = begun()
    expect(types(c)).toEqual(['Ready', 'DataValid', 'Trained', 'Registered'])
    expect(c.object.status?.conditions?.every(each => each.observedGeneration === 1)).toBe(true)
    expect(c.object.status?.observedGeneration).toBe(1)
  })

  it('tell of a run from its pod to its version', () => {
    const c = begun()
    expect(say(c, 'Ready')).toBe('Unknown Pending: run 1 waits for its pod')
    startPods(c)
    settle(c)
    expect(say(c, 'Ready')).toBe('Unknown Pending: the pod of run 1 is being started')
    runPods(c)
    settle(c)
    expect(say(c, 'Ready')).toBe('Unknown Running: run 1 is at work')
    c.progress = { contract: 1, stage: 'Training', percent: 60, etaSeconds: 12 }
    settle(c)
    expect(say(c, 'Ready')).toBe('Unknown Running: run 1 is at work: Training, 60%, about 12 s left')
    expect(c.object.status?.progress).toEqual({ percent: 60, stage: 'Training', etaSeconds: 12 })
    endPods(c, 'success')
    settle(c)
    expect(say(c, 'Ready')).toBe('True Registered: ModelVersion iris-v1 carries the bundle of run 1: accuracy 0.967 (95% CI 0.833–0.994)')
    expect(say(c, 'DataValid')).toBe('True DataChecked: 150 rows from built-in data set iris: 120 to train on, 30 to test on')
    expect(say(c, 'Trained')).toContain('True Succeeded: run 1 left a bundle of 12,345 bytes')
    expect(say(c, 'Registered')).toContain('True Registered')
    expect(say(c, 'Stalled')).toBe('absent')
  })

  it('keep progress from going down within a run', () => {
    const c = working()
    for (const percent of [40, 10, 41]) {
      c.progress = { contract: 1, stage: 'Training', percent }
      settle(c)
      expect(c.object.status?.progress?.percent).toBe(Math.max(40, percent))
    }
  })

  it('say that the fallback was used, and why', () => {
    const c = working()
    endPods(c, 'success')
    const end = c.pods[0]?.status?.containerStatuses?.[0]?.state?.terminated
    const data = {
      source: 'fallback',
      described: 'built-in data set iris',
      rows: 150,
      trainRows: 120,
      testRows: 30,
      message: 'a.csv is missing',
    }
    if (end) end.message = JSON.stringify({ ...JSON.parse(end.message ?? ''), data })
    settle(c)
    expect(say(c, 'DataValid')).toMatch(/^True FallbackUsed: 150 rows .*; a\.csv is missing$/)
  })

  it('blame the rows for what is wrong with them', () => {
    const c = after('bad data')
    expect(say(c, 'Ready')).toBe('False DataInvalid: row 7: petal_length is "x", a number is needed')
    expect(say(c, 'DataValid')).toContain('False DataInvalid: row 7')
    expect(say(c, 'Trained')).toContain('False DataInvalid')
    expect(say(c, 'Registered')).toBe('False NotYet: run 1 left no bundle')
    expect(say(c, 'Stalled')).toMatch(/^True DataInvalid: run 1 failed and is not run again by itself: .*tidegate.io\/run-requested$/)
  })

  it('do not blame the rows for anything else', () => {
    expect(say(after('out of memory'), 'DataValid')).toContain('Unknown NotYet')
  })

  it('name an impossible parameter, and that only a person can help', () => {
    const c = begun({ candidates: [{ algorithm: 'logisticRegression', parameters: { max_itr: 1 } }] })
    expect(say(c, 'Ready')).toContain('False ConfigInvalid: spec.candidates[0].parameters.max_itr')
    expect(say(c, 'Stalled')).toContain('True ConfigInvalid')
  })

  it('say that it is suspended, before a run and during one', () => {
    expect(say(begun({ suspend: true }), 'Ready')).toBe(
      'False Suspended: spec.suspend is true: the next run begins when spec.suspend is false',
    )
    const c = working()
    c.object = { ...c.object, spec: specOf({ suspend: true }) }
    settle(c)
    expect(say(c, 'Ready')).toBe('False Suspended: spec.suspend is true: run 1 is stopped, and starts over when spec.suspend is false')
    expect(say(c, 'Stalled')).toBe('absent')
  })
})

describe('Stalled', () => {
  it('goes when another run is due, even if that one has to wait', () => {
    const c = after('bad data')
    expect(say(c, 'Stalled')).toContain('True DataInvalid')
    c.object = { ...c.object, spec: specOf({ model: 'other', suspend: true }) }
    settle(c)
    expect(say(c, 'Stalled')).toBe('absent')
  })

  it('does not come because a run was given up', () => {
    const c = working()
    c.object = { ...c.object, spec: specOf({ model: 'other', suspend: true }) }
    settle(c)
    expect(say(c, 'Ready')).toContain('False Suspended: spec.suspend is true: the next run begins')
    expect(say(c, 'Stalled')).toBe('absent')
  })
})

describe('what stands in the way', () => {
  it('is the cause that the pod shows, until it is gone', () => {
    const c = working()
    podStatus(c, { phase: 'Pending', containerStatuses: [{ name: 'trainer', state: { waiting: { reason: 'ImagePullBackOff' } } }] })
    expect(say(c, 'Ready')).toContain('False ImagePullFailed: image tidegate/trainer:1 of container trainer cannot be pulled')
    expect(say(c, 'Stalled')).toBe('absent')
    runPods(c)
    settle(c)
    expect(say(c, 'Ready')).toBe('Unknown Running: run 1 is at work')
    expect(c.object.status?.runs?.[0]).not.toHaveProperty('reason')
  })

  it('is the end of the last attempt while the next one is due', () => {
    const c = after('out of memory', { compute: { retries: 2 } })
    expect(say(c, 'Ready')).toMatch(/^False OutOfMemory: .*; attempt 2 of 3 follows$/)
    startPods(c)
    runPods(c)
    settle(c)
    expect(say(c, 'Ready')).toBe('Unknown Running: run 1 (attempt 2 of 3) is at work')
  })

  it('is a quota or a policy that refuses pods', () => {
    const c = begun()
    const message = 'Error creating: pods "iris-run-1-x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot'
    c.failures = [{ apiVersion: 'v1', kind: 'Event', metadata: { name: 'e' }, message, lastTimestamp: '2026-01-01T00:00:05Z' }]
    settle(c)
    expect(say(c, 'Ready')).toContain('False PodSecurityRefused: pods are refused')
    c.now += 10_000
    startPods(c)
    settle(c)
    expect(say(c, 'Ready')).toBe('Unknown Pending: the pod of run 1 is being started')
  })

  it('is the end of the last attempt, not a refusal from before it began', () => {
    const c = begun()
    c.failures = [
      { apiVersion: 'v1', kind: 'Event', metadata: { name: 'e' }, message: 'exceeded quota', lastTimestamp: '2026-01-01T00:00:05Z' },
    ]
    c.now += 10_000
    startPods(c)
    endPods(c, 'crash')
    settle(c)
    expect(say(c, 'Ready')).toContain('False TrainingFailed: it broke')
  })

  it.each(['iris-artifacts', 'iris-run-1'])('is a stranger with the name %s, and nothing runs meanwhile', name => {
    const c = cluster()
    c.strangers = [name]
    settle(c)
    expect(say(c, 'Ready')).toContain(`False NameConflict`)
    expect(say(c, 'Ready')).toContain(`${name} exists and belongs to somebody else`)
    expect(say(c, 'Stalled')).toContain('True NameConflict')
    expect(c.jobs).toEqual([])
    c.strangers = []
    c.conflicts = []
    settle(c)
    expect(c.jobs).toHaveLength(1)
    expect(say(c, 'Stalled')).toBe('absent')
  })

  it.each(['Running', 'Succeeded'])('does not stop a pod that has begun (%s)', phase => {
    const c = working()
    podStatus(c, { phase })
    c.strangers = ['iris-artifacts']
    settle(c)
    expect(say(c, 'Ready')).toContain('False NameConflict')
    expect(c.jobs).toHaveLength(1)
  })

  it('does not remove a Job whose end is not harvested yet', () => {
    const c = working()
    endPods(c, 'success')
    c.pods = []
    c.strangers = ['iris-artifacts']
    settle(c)
    expect(c.jobs).toHaveLength(1)
  })

  it('is a child that the API server refuses, and no pod waits for it', () => {
    const c = cluster()
    c.refused = ['PersistentVolumeClaim']
    settle(c)
    expect(say(c, 'Ready')).toContain('False QuotaExceeded: PersistentVolumeClaim iris-artifacts was refused')
    expect(c.jobs).toEqual([])
  })

  it('is not what the loop remembers of children that are not wanted any more', () => {
    const c = cluster()
    c.strangers = ['iris-artifacts']
    settle(c)
    c.object = { ...c.object, spec: specOf({ storage: { artifacts: { claim: 'iris-artifacts' } } }) }
    settle(c)
    expect(say(c, 'Ready')).toBe('Unknown Pending: run 1 waits for its pod')
  })
})

describe('what is told as events', () => {
  const told = (c: Cluster) => plan(worldOf(c)).events.map(each => `${each.type} ${each.reason}: ${each.message}`)

  it('is the story of a run, each sentence once', () => {
    const c = cluster()
    const story: string[] = []
    const listen = () => {
      for (let passes = 0; passes < 4; passes++) {
        story.push(...told(c))
        pass(c)
      }
    }
    listen()
    startPods(c)
    listen()
    podStatus(c, { phase: 'Pending', containerStatuses: [{ name: 'trainer', state: { waiting: { reason: 'ErrImagePull' } } }] })
    listen()
    runPods(c)
    endPods(c, 'success')
    listen()
    expect(story).toEqual([
      'Normal Pending: run 1 begins: the first one',
      'Normal Succeeded: run 1 ended well: accuracy 0.967 (95% CI 0.833–0.994)',
      'Normal Registered: ModelVersion iris-v1 carries the bundle of run 1',
    ])
  })

  it('is a new trouble, once', () => {
    const c = working()
    const [pod] = c.pods
    if (pod) pod.status = { phase: 'Pending', containerStatuses: [{ name: 'trainer', state: { waiting: { reason: 'ErrImagePull' } } }] }
    expect(told(c)).toEqual([expect.stringContaining('Warning ImagePullFailed: image tidegate/trainer:1')])
    pass(c)
    expect(told(c)).toEqual([])
  })

  it('is why a run failed and why the next one begins', () => {
    const c = working({ compute: { retries: 0 } })
    endPods(c, 'bad data')
    expect(told(c)).toEqual([expect.stringContaining('Warning DataInvalid: run 1 failed: row 7')])
    settle(c)
    c.object = { ...c.object, metadata: { ...c.object.metadata, annotations: { 'tidegate.io/run-requested': 'now' } } }
    expect(told(c)).toEqual(['Normal Pending: run 2 begins: tidegate.io/run-requested is "now"'])
    c.object = { ...c.object, spec: specOf({ model: 'other' }) }
    expect(told(c)).toEqual(['Normal Pending: run 2 begins: what it computes changed'])
  })
})

describe('hostile words', () => {
  it('never make a status that the API server would refuse', () => {
    const c = working({ compute: { retries: 0 } })
    endPods(c, 'crash')
    const end = c.pods[0]?.status?.containerStatuses?.[0]?.state?.terminated
    if (end) end.message = failure('TrainingFailed', '\u0000\ud800 '.repeat(200))
    settle(c)
    expect(c.object.status?.runs?.[0]?.outcome).toBe('Failed')
  })
})
