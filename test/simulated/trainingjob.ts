// A TrainingJob and its objects as builders and as plain values, for tests of its plan.
import type { TrainingJob, TrainingJobSpec } from '../../operator/api/trainingjob.ts'
import { TrainingJob as definition } from '../../operator/api/trainingjob.ts'
import { validate } from '../../operator/api/validate.ts'
import type { Settings } from '../../operator/plan/shape.ts'

export const settings: Settings = {
  trainerImage: 'tidegate/trainer:1',
  serverImage: 'tidegate/server:1',
  imagePullPolicy: 'IfNotPresent',
  imagePullSecrets: [],
}

type Change<T> = T extends unknown[] ? T : T extends object ? { [K in keyof T]?: Change<T[K]> } : T

/** With the defaults that the API server would add. */
export const specOf = (change: Change<TrainingJobSpec> = {}): TrainingJobSpec => {
  const written = {
    model: 'iris',
    data: { source: { builtin: 'iris' } },
    candidates: [{ algorithm: 'logisticRegression', parameters: { max_iter: 200 } }],
    ...change,
  }
  const checked = validate(definition.spec, written)
  if ('complaints' in checked) throw new Error(checked.complaints.join('; '))
  return checked.value
}

export const trainingJob = (change: Change<TrainingJobSpec> = {}, metadata: Partial<TrainingJob['metadata']> = {}): TrainingJob => ({
  apiVersion: 'tidegate.io/v1alpha1',
  kind: 'TrainingJob',
  metadata: {
    name: 'iris',
    namespace: 'ns',
    uid: 'uid-of-iris',
    resourceVersion: '1',
    generation: 1,
    creationTimestamp: '2026-01-01T00:00:00Z',
    ...metadata,
  },
  spec: specOf(change),
})

/** What a trainer that ended well leaves as its last words. */
export const success = (jobUid: string, change: object = {}): string =>
  JSON.stringify({
    contract: 1,
    outcome: 'Succeeded',
    artifact: { path: `iris/${jobUid}`, digest: `sha256:${'a'.repeat(64)}`, sizeBytes: 12_345 },
    data: {
      source: 'primary',
      described: 'built-in data set iris',
      digest: `sha256:${'b'.repeat(64)}`,
      rows: 150,
      trainRows: 120,
      testRows: 30,
    },
    algorithm: 'logisticRegression',
    metrics: [
      { name: 'accuracy', value: 0.9667, low: 0.8333, high: 0.9941, interval: 'wilson' },
      { name: 'f1', value: 0.9666 },
    ],
    ...change,
  })

/** A bundle beside the best one, as a summary tells of it. */
export const runnerUp = (_: unknown, index: number) => ({
  digest: `sha256:${String(index + 2).repeat(64)}`,
  sizeBytes: 12_345,
  algorithm: 'randomForest',
  metrics: [{ name: 'accuracy', value: 0.9 - index / 100 }],
})

export const failure = (reason: string, message: string): string => JSON.stringify({ contract: 1, outcome: 'Failed', reason, message })
