import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../../operator/runtime/shape.ts'
import { NAMESPACES, recorded } from '../recorded/recording.ts'
import { ChangeOrder } from './changeorder.ts'
import { Judge } from './judge.ts'

const [namespace] = NAMESPACES
const START = Date.parse('2026-01-01T00:00:00Z')
const SECOND = 1000

const FIRST = ['Model', 'ModelVersion', 'TrainingJob', 'Job', 'Deployment', 'ReplicaSet', 'ConfigMap', 'Pod', 'Service', 'InferenceService']

/** The example at rest before a judge who has heard all of it, in the order in which it was made. */
const scene = () => {
  const judge = new Judge()
  const objects = recorded(namespace).toSorted((a, b) => FIRST.indexOf(a.kind) - FIRST.indexOf(b.kind))
  const of = (kind: string, name?: string): KubeObject => {
    const found = objects.find(object => object.kind === kind && (name === undefined || object.metadata.name.startsWith(name)))
    if (!found) throw new Error(`no ${kind} was recorded`)
    return structuredClone(found)
  }
  const server = of('Pod', 'iris-v1')
  const digest = (of('ModelVersion')['spec'] as { digest: string }).digest
  judge.answers.note(server.metadata.uid ?? '', { at: START, digest, version: '1' })
  for (const object of objects) judge.hear(START, { type: 'ADDED', object })
  const change = (object: KubeObject, seconds = 1, type: 'ADDED' | 'MODIFIED' | 'DELETED' = 'MODIFIED') =>
    judge.hear(START + seconds * SECOND, { type, object })
  const told = () => judge.violations.map(({ invariant, about }) => `${about}: ${invariant}`)
  return { judge, of, server, digest, change, told }
}

type Loose = Record<string, never> & { conditions: { type: string; status: string }[] }
const statusOf = (object: KubeObject) => object['status'] as Loose

const renamed = (object: KubeObject, name: string): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, name, uid: `uid-of-${name}` },
})

const unready = (pod: KubeObject): KubeObject => {
  for (const condition of statusOf(pod).conditions) if (condition.type === 'Ready') condition.status = 'False'
  return pod
}

it('nothing is wrong with the example', () => {
  const { judge, told } = scene()
  judge.tick(START + SECOND)
  expect(told()).toEqual([])
})

describe('an entry pod is ready', () => {
  it('or it is noted, once for each time', () => {
    const { server, change, told } = scene()
    change(unready(structuredClone(server)))
    change(unready(structuredClone(server)), 2)
    expect(told()).toEqual(['InferenceService/iris: an entry pod is ready'])
    change(server, 3)
    change(server, 4, 'DELETED')
    expect(told()).toHaveLength(2)
  })

  it('also at the moment when the Service turns to another version', () => {
    const { of, change, told } = scene()
    const stable = of('Service', 'iris')
    const selector = (stable['spec'] as { selector: Record<string, string> }).selector
    change({ ...stable, metadata: { ...stable.metadata, name: 'iris' }, spec: { selector: { ...selector, 'tidegate.io/version': '2' } } })
    expect(told()).toEqual(['InferenceService/iris: an entry pod is ready'])
  })

  it('which a pod on its way out is not', () => {
    const { server, change, told } = scene()
    change({ ...server, metadata: { ...server.metadata, deletionTimestamp: '2026-01-01T00:00:01Z' } })
    expect(told()).toEqual(['InferenceService/iris: an entry pod is ready'])
  })

  it('unless the service is being deleted, or was never ready', () => {
    const { of, server, change, told } = scene()
    const service = of('InferenceService')
    change({ ...service, metadata: { ...service.metadata, deletionTimestamp: '2026-01-01T00:00:01Z' } })
    change(service, 2, 'DELETED')
    change({ ...renamed(service, 'iris'), status: {} }, 2, 'ADDED')
    change(server, 3, 'DELETED')
    expect(told()).toEqual([])
  })
})

describe('one Job is at work', () => {
  const second = (job: KubeObject): KubeObject => ({ ...renamed(job, 'iris-run-2'), status: {} })

  it('or it is noted: two Jobs', () => {
    const { of, change, told } = scene()
    change({ ...of('Job'), status: {} })
    expect(told()).toEqual([])
    change(second(of('Job')), 2, 'ADDED')
    expect(told()).toEqual(['Job/iris-run-2: one Job at a time'])
  })

  it('or it is noted: pods of two Jobs, though the first Job is gone', () => {
    const { of, change, told } = scene()
    const pod = of('Pod', 'iris-run-1')
    change({ ...pod, status: { phase: 'Running' } })
    change(of('Job'), 2, 'DELETED')
    change(second(of('Job')), 3, 'ADDED')
    const [owner] = pod.metadata.ownerReferences ?? []
    const other = renamed({ ...pod, status: { phase: 'Pending' } }, 'iris-run-2-abcde')
    change({ ...other, metadata: { ...other.metadata, ownerReferences: [{ ...owner, uid: 'uid-of-iris-run-2' } as never] } }, 3, 'ADDED')
    expect(told()).toEqual(['Pod/iris-run-2-abcde: one Job at a time'])
  })

  it('and the next one after it is no fault', () => {
    const { of, change, told } = scene()
    change(second(of('Job')), 2, 'ADDED')
    expect(told()).toEqual([])
  })
})

describe('a version', () => {
  const other = (version: KubeObject): KubeObject => ({
    ...version,
    spec: { ...(version['spec'] as object), digest: `sha256:${'0'.repeat(64)}` },
  })

  it('that changes is noted', () => {
    const { of, change, told } = scene()
    change(other(of('ModelVersion')))
    expect(told()).toEqual(['ModelVersion/iris-v1: a version never changes'])
  })

  it('whose number is given to another bundle is noted, while its Model lives', () => {
    const { of, change, told } = scene()
    change(of('ModelVersion'), 1, 'DELETED')
    change(renamed(other(of('ModelVersion')), 'iris-v1'), 2, 'ADDED')
    expect(told()).toEqual(['ModelVersion/iris-v1: a version never changes'])
  })

  it('may come back as it was, or under another Model', () => {
    const { of, change, told } = scene()
    change(of('ModelVersion'), 1, 'DELETED')
    change(renamed(of('ModelVersion'), 'iris-v1'), 2, 'ADDED')
    change(of('Model'), 3, 'DELETED')
    change(renamed(of('Model'), 'iris'), 4, 'ADDED')
    const again = other(of('ModelVersion'))
    change({ ...again, metadata: { ...again.metadata, uid: 'another' } }, 5)
    expect(told()).toEqual([])
  })
})

describe('a stage', () => {
  it('that a version claims before the Model gives it is noted', () => {
    const { of, change, told } = scene()
    const version = of('ModelVersion')
    const second = { ...renamed(version, 'iris-v2'), spec: { ...(version['spec'] as object), version: 2 } }
    change(second, 1, 'ADDED')
    expect(told()).toEqual(['ModelVersion/iris-v2: a stage is held as the Model says'])
  })

  it('that the Model gave away may stand in a copy for a while', () => {
    const { of, change, told } = scene()
    const model = of('Model')
    change({ ...model, status: { ...statusOf(model), holders: { Production: 2 } } as never })
    change(of('ModelVersion'), 2)
    expect(told()).toEqual([])
  })
})

describe('Ready=True', () => {
  const rewritten = (service: KubeObject, change: object): KubeObject => ({
    ...service,
    status: { ...statusOf(service), ...change } as never,
  })

  it('written for a digest that nobody serves is noted', () => {
    const { of, change, told } = scene()
    const traffic = [{ version: 1, digest: `sha256:${'0'.repeat(64)}`, replicas: 1, ready: 1 }]
    change(rewritten(of('InferenceService'), { traffic }))
    expect(told()).toEqual(['InferenceService/iris: Ready is true'])
  })

  it('written for a version that is not behind the address is noted', () => {
    const { of, digest, change, told } = scene()
    change(rewritten(of('InferenceService'), { entry: 2, traffic: [{ version: 2, digest, replicas: 1, ready: 1 }] }))
    expect(told()).toEqual(['InferenceService/iris: Ready is true'])
  })

  it('written while the pod says something else is noted', () => {
    const { judge, of, server, change, told } = scene()
    const { uid = '' } = server.metadata
    for (const second of [1, 5]) judge.answers.note(uid, { at: START + second * SECOND, digest: `sha256:${'f'.repeat(64)}`, version: '1' })
    change(rewritten(of('InferenceService'), { replicas: 2 }), 5)
    expect(told()).toEqual(['InferenceService/iris: Ready is true'])
  })

  it('written a moment after the pod went is what a watch can do; seconds after is noted', () => {
    const quick = scene()
    quick.judge.tick(START + SECOND)
    quick.change(quick.server, 1, 'DELETED')
    quick.change(rewritten(quick.of('InferenceService'), { replicas: 2 }), 2)
    expect(quick.told()).toEqual(['InferenceService/iris: an entry pod is ready'])
    const slow = scene()
    slow.change(slow.server, 1, 'DELETED')
    slow.change(rewritten(slow.of('InferenceService'), { replicas: 2 }), 9)
    expect(slow.told()).toContain('InferenceService/iris: Ready is true')
  })

  it('that stands long after the truth went is noted, once', () => {
    const { judge, server, change, told } = scene()
    change(server, 1, 'DELETED')
    for (let second = 2; second < 30; second += 1) judge.tick(START + second * SECOND)
    expect(told()).toEqual(['InferenceService/iris: an entry pod is ready'])
    for (let second = 30; second < 60; second += 1) judge.tick(START + second * SECOND)
    expect(told()).toEqual(['InferenceService/iris: an entry pod is ready', 'InferenceService/iris: Ready is true'])
  })
})

describe('what is deleted', () => {
  it('and called back under the same uid is noted', () => {
    const { of, change, told } = scene()
    const job = of('Job')
    change({ ...job, metadata: { ...job.metadata, deletionTimestamp: '2026-01-01T00:00:01Z' } })
    change(job, 2)
    expect(told()).toEqual(['Job/iris-run-1: what is deleted stays deleted'])
  })

  it('gets no children any more, but for those that were on their way', () => {
    const { of, change, told } = scene()
    change(of('TrainingJob'), 1, 'DELETED')
    change(renamed(of('ConfigMap'), 'on-its-way'), 2, 'ADDED')
    change(of('ConfigMap'), 9)
    expect(told()).toEqual([])
    change(renamed(of('ConfigMap'), 'iris-run-2'), 9, 'ADDED')
    expect(told()).toEqual(['ConfigMap/iris-run-2: what is deleted stays deleted'])
  })
})

describe('the order of changes', () => {
  it('is that of the API server, though streams deliver them otherwise', () => {
    const order = new ChangeOrder<string>(1000)
    order.add(0, '12', 'pod goes')
    order.add(900, '9', 'service turns')
    expect([...order.due(1000)]).toEqual([])
    expect([...order.due(1900)].map(({ item }) => item)).toEqual(['service turns', 'pod goes'])
    order.add(2000, '10', 'too late')
    expect([...order.due(3000)]).toHaveLength(1)
    expect(order.late).toBe(1)
  })

  it('is waited for longer where streams are far apart', () => {
    const order = new ChangeOrder<string>(1000)
    order.add(0, '12', 'pod goes')
    order.measure(800, '9')
    order.add(800, '9', 'service turns')
    expect(order.holdMs).toBe(2400)
    expect([...order.due(2399)]).toEqual([])
  })
})
