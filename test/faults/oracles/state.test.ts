import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../operator/runtime/shape.ts'
import { difference, maskOf } from './difference.ts'
import { altered, NAMESPACES, recorded } from './recorded/recording.ts'
import { type State, stateOf } from './state.ts'

const [one, two] = NAMESPACES
const reference = stateOf(recorded(one), { namespace: one })
const seen = (objects: KubeObject[]): State => stateOf(objects, { namespace: two })
const statusOf = (object: KubeObject) =>
  object['status'] as { conditions: { type: string; message: string; status: string }[] } & Record<string, unknown>

describe('two runs of one scenario', () => {
  it('end equal, whatever was drawn by lot, without any mask', () => {
    expect(Object.keys(reference)).toContain('Pods(Deployment/iris-v1)')
    expect(difference(reference, seen(recorded(two)))).toEqual([])
    expect([...maskOf(reference, seen(recorded(two)))]).toEqual([])
  })

  it('hold nothing of the namespace, of uids, times and generated names', () => {
    const written = JSON.stringify(reference)
    expect(written).not.toMatch(/faults-one|\d{4}-\d\d-\d\dT|[0-9a-f]{8}-[0-9a-f]{4}-|iris-v1-[0-9a-z]{8}|unknown/)
  })
})

const planted: [string, string, (object: KubeObject) => void, string][] = [
  [
    'another message',
    'InferenceService',
    object => Object.assign(statusOf(object).conditions[0] ?? {}, { message: 'it sings' }),
    'InferenceService/iris status.conditions[Ready].message: "version 1 answers, 1 of 1 pods ready" in the reference, "it sings" now',
  ],
  [
    'a status that lags',
    'TrainingJob',
    object => Object.assign(statusOf(object), { observedGeneration: 0 }),
    'TrainingJob/iris status.observedGeneration: "CURRENT" in the reference, "1 BEHIND" now',
  ],
  [
    'a uid of something else',
    'ModelVersion',
    object => Object.assign((object['spec'] as { source: object }).source, { uid: '11111111-2222-4333-8444-555555555555' }),
    'ModelVersion/iris-v1 spec.source.uid: "UID(TrainingJob/iris)" in the reference, "UID(unknown 1)" now',
  ],
  [
    'a bundle that no version has',
    'InferenceService',
    object => Object.assign((statusOf(object)['traffic'] as object[])[0] ?? {}, { digest: `sha256:${'0'.repeat(64)}` }),
    `InferenceService/iris status.traffic[1].digest: "DIGEST(ModelVersion/iris-v1)" in the reference, "sha256:${'0'.repeat(64)}" now`,
  ],
  [
    'a lost owner',
    'Deployment',
    object => delete object.metadata.ownerReferences,
    'Deployment/iris-v1 metadata.ownerReferences[iris].uid: "UID(InferenceService/iris)" in the reference, nothing now',
  ],
  [
    'an object on its way out',
    'ConfigMap',
    object => Object.assign(object.metadata, { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    'ConfigMap/iris-run-1 metadata.deletionTimestamp: nothing in the reference, "TIME" now',
  ],
  ['one more pod', 'Pod', object => Object.assign(object['status'] as object, { phase: 'Failed' }), 'Pods('],
]

describe('the difference', () => {
  it.each(planted)('finds %s', (_, kind, change, told) => {
    const lines = difference(reference, seen(altered(two, kind, change)))
    expect(lines.join('\n')).toContain(told)
    expect(lines.length).toBeLessThan(7)
  })

  it('tells an object that is missing, and one too many, in one line each', () => {
    const objects = recorded(two).filter(({ kind }) => kind !== 'Job')
    const lines = difference(
      reference,
      seen([
        ...objects,
        ...altered(two, 'ConfigMap', object => (object.metadata.name = 'left')).filter(({ metadata }) => metadata.name === 'left'),
      ]),
    )
    expect(lines).toContain('Job/iris-run-1: the object in the reference, nothing now')
    expect(lines).toContain('ConfigMap/left: nothing in the reference, the object now')
    expect(lines.filter(line => line.startsWith('Job/') || line.startsWith('ConfigMap/left'))).toHaveLength(2)
  })

  it('does not care about the order of what has names', () => {
    expect(difference(reference, seen(altered(two, 'InferenceService', object => void statusOf(object).conditions.reverse())))).toEqual([])
  })
})

describe('the mask', () => {
  const restless = seen(altered(two, 'Job', object => Object.assign(statusOf(object), { ready: 1 })))

  it('hides what two runs without faults do not agree on, and nothing else', () => {
    const mask = maskOf(reference, restless)
    expect([...mask]).toEqual(['Job/iris-run-1 status.ready'])
    const late = seen(altered(two, 'Job', object => Object.assign(statusOf(object), { ready: 2, succeeded: 2 })))
    expect(difference(reference, late, mask)).toEqual(['Job/iris-run-1 status.succeeded: 1 in the reference, 2 now'])
  })

  it.each([
    [
      'a condition',
      seen(altered(two, 'InferenceService', object => Object.assign(statusOf(object).conditions[0] ?? {}, { status: 'False' }))),
    ],
    ['a spec', seen(altered(two, 'Model', object => Object.assign(object['spec'] as object, { stages: [] })))],
    ['the number of pods', seen(recorded(two).filter(({ kind }) => kind !== 'Pod'))],
    ['an object', seen(recorded(two).filter(({ kind }) => kind !== 'Deployment'))],
  ])('is refused where it would hide %s', (_, other) => {
    expect(() => maskOf(reference, other)).toThrow('two runs without faults differ in what must be equal')
  })
})
