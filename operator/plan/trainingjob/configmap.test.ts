import { describe, expect, it } from 'vitest'
import { settings, trainingJob } from '../../../test/simulated/trainingjob.ts'
import { type Builtin, builtinTargets } from '../../api/builtin.ts'
import { TrainerConfig } from '../../api/bundle.ts'
import { validate } from '../../api/validate.ts'
import { configMap, trainerConfig } from './configmap.ts'

const run = { number: 3, specDigest: 'sha256:x', startedAt: '2026-01-01T00:00:00Z', outcome: 'Running' as const }
const data = (source: object, more: object = {}) =>
  trainerConfig(trainingJob({ data: { source, target: 'y', ...more } }), { number: 3 }).data

describe('the configuration of a run', () => {
  it('speaks of ranking only where there is something to rank, so that a trainer of an earlier release can read the rest', () => {
    const plain = trainerConfig(trainingJob({ register: { by: 'roc_auc' } }), { number: 1 })
    expect(Object.keys(plain).filter(field => ['rivals', 'crossValidation', 'ranking', 'tuning'].includes(field))).toEqual([])
    const forest = { algorithm: 'randomForest', parameters: { n_estimators: 50 } }
    const candidates = [{ algorithm: 'logisticRegression' }, forest]
    expect(trainerConfig(trainingJob({ candidates, register: { top: 2, by: 'roc_auc' } }), { number: 1 })).toMatchObject({
      candidate: { algorithm: 'logisticRegression', parameters: {} },
      rivals: [forest],
      crossValidation: { folds: 5 },
      ranking: { by: 'roc_auc', top: 2 },
    })
    const asked = trainerConfig(trainingJob({ candidates, crossValidation: { folds: 10 } }), { number: 1 })
    expect(asked.crossValidation).toEqual({ folds: 10 })
    const searched = trainerConfig(trainingJob(), { number: 2, attempt: 1 })
    expect(searched).toMatchObject({ crossValidation: { folds: 5 }, ranking: { by: 'f1', top: 1 }, tuning: { trials: 10, seed: 2 } })
  })

  it('is what the trainer expects, for every source', () => {
    for (const source of [{ builtin: 'iris' as const }, { csv: { path: 'a/b.csv' } }, { configMap: { name: 'rows', key: 'r.csv' } }]) {
      const config = trainerConfig(trainingJob({ data: { source: source as object, target: 'y', columns: ['a'], ignore: ['b'] } }), {
        number: 3,
      })
      expect(validate(TrainerConfig, JSON.parse(JSON.stringify(config)))).toEqual({ value: config })
    }
  })

  it('names the file and says in words where it is', () => {
    expect(data({ csv: { path: 'a/b.csv' } })).toMatchObject({ file: '/data/a/b.csv', described: 'claim iris-data, path a/b.csv' })
    expect(data({ csv: { path: 'b.csv', claim: 'mine' } })).toMatchObject({ described: 'claim mine, path b.csv' })
    expect(data({ configMap: { name: 'rows', key: 'r.csv' } })).toMatchObject({
      file: '/configmap-data/r.csv',
      described: 'ConfigMap rows, key r.csv',
    })
    expect(data({ builtin: 'iris' })).toMatchObject({ builtin: 'iris', described: 'built-in data set iris' })
    expect(data({ builtin: 'iris' })).not.toHaveProperty('file')
  })

  it.each(Object.entries(builtinTargets))('knows the target of the built-in data set %s', (builtin, target) => {
    expect(trainerConfig(trainingJob({ data: { source: { builtin: builtin as Builtin } } }), { number: 1 }).data.target).toBe(target)
  })

  it('carries checks, fallback and split', () => {
    const checks = { minRows: 50, onFailure: 'fallback' as const, schema: [{ name: 'a', type: 'number' as const, min: 0 }] }
    expect(data({ csv: { path: 'a.csv' } }, { checks, fallback: { builtin: 'iris' }, split: { method: 'random', seed: 7 } })).toMatchObject(
      {
        fallback: 'iris',
        checks: { minRows: 50, maxMissing: 0.1, schema: [{ name: 'a', type: 'number', min: 0 }] },
        split: { method: 'random', test: 0.2, stratify: true, seed: 7 },
      },
    )
  })

  it('carries the folds of a cross-validation that is asked for, five where nobody says how many', () => {
    expect(trainerConfig(trainingJob(), { number: 1 })).not.toHaveProperty('crossValidation')
    const folds = (spec: object) => trainerConfig(trainingJob(spec), { number: 1 }).crossValidation
    expect([folds({ crossValidation: {} }), folds({ crossValidation: { folds: 10 } })]).toEqual([{ folds: 5 }, { folds: 10 }])
    const config = trainerConfig(trainingJob({ crossValidation: {} }), { number: 1 })
    expect(validate(TrainerConfig, JSON.parse(JSON.stringify(config)))).toEqual({ value: config })
  })

  it('says where the run is logged when there is a tracking server, and nothing when there is none', () => {
    const uri = 'http://mlflow.ml.svc:5000'
    expect(trainerConfig(trainingJob(), { number: 1 })).not.toHaveProperty('tracking')
    expect(trainerConfig(trainingJob(), { number: 1 }, uri).tracking).toEqual({ uri, experiment: 'ns.iris' })
    expect(trainerConfig(trainingJob({ tracking: { experiment: 'iris-classification' } }), { number: 1 }, uri).tracking).toEqual({
      uri,
      experiment: 'iris-classification',
    })
  })

  it('is one file in a ConfigMap of the run', () => {
    const made = configMap(trainingJob(), run, settings)
    expect(made.metadata).toMatchObject({ name: 'iris-run-3', labels: { 'tidegate.io/run': '3' } })
    expect(JSON.parse((made['data'] as Record<string, string>)['config.json'] ?? '')).toMatchObject({
      run: 3,
      trainingJob: 'iris',
      namespace: 'ns',
    })
  })
})
