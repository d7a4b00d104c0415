import { describe, expect, it } from 'vitest'
import { ModelVersion } from '../api/modelversion.ts'
import { validate } from '../api/validate.ts'
import { digestOf } from '../plan/model/sampleworld.ts'
import type { Flags } from './arguments.ts'
import { copyOf, nextNumber, sourceOf } from './copying.ts'
import { model, version } from './example.ts'

const RUN = 'c'.repeat(32)
const trained = () => {
  const four = version(4)
  return { ...four, spec: { ...four.spec, source: { trainingJob: 'churn', uid: 'u', run: 4, mlflowRunId: RUN } } }
}

describe('a copy', () => {
  const copy = copyOf(trained(), { mlflow: { run: RUN } }, { namespace: 'prod', number: 9, claim: 'bundles' })

  it('is the same bundle under the next number, on a claim of the other namespace', () => {
    expect(copy.metadata).toEqual({ name: 'churn-v9', namespace: 'prod', annotations: { 'tidegate.io/copied-from': 'default/churn-v4' } })
    expect(copy['spec']).toEqual({
      model: 'churn',
      version: 9,
      artifact: { claim: 'bundles', path: 'churn/v9' },
      digest: digestOf(4),
      import: { from: { mlflow: { run: RUN } } },
    })
    expect(validate(ModelVersion.spec, copy['spec'])).toHaveProperty('value')
  })

  it('of a version that was imported has the digest of the bundle that came of it', () => {
    const onnx = version(5, { bundle: { digest: digestOf(77), at: '2026-01-01T00:00:00Z' } })
    const imported = { ...onnx, spec: { ...onnx.spec, import: { from: { https: { url: 'https://example.org/a.onnx' } } } } }
    const place = { namespace: 'prod', number: 1, claim: 'a' }
    expect(copyOf(imported, { claim: { name: 'a', path: 'b' } }, place)['spec']).toMatchObject({ digest: digestOf(77) })
    expect(() => copyOf({ ...imported, status: {} }, { claim: { name: 'a', path: 'b' } }, place)).toThrow(
      'churn-v5 is not imported yet itself',
    )
  })

  it('takes a number that neither a version has nor the Model has seen', () => {
    expect(nextNumber(undefined, [])).toBe(1)
    expect(nextNumber(model({ lastVersion: 3 }), [version(7), version(2)])).toBe(8)
    expect(nextNumber(model({ lastVersion: 12 }), [version(7)])).toBe(13)
  })
})

describe('where the bundle is fetched from', () => {
  const from = (flags: Flags) => sourceOf(trained(), flags)

  it.each([
    [{}, { mlflow: { run: RUN } }],
    [{ 'from-run': 'd', credentials: 'token' }, { mlflow: { run: 'd', credentials: 'token' } }],
    [{ from: 's3://models/churn/4' }, { s3: { bucket: 'models', key: 'churn/4/' } }],
    [{ from: 's3://models/churn/4/', region: 'eu-central-1' }, { s3: { bucket: 'models', key: 'churn/4/', region: 'eu-central-1' } }],
    [{ from: 'claim://bundles/churn/4' }, { claim: { name: 'bundles', path: 'churn/4' } }],
  ])('is read from %j', (flags, source) => {
    expect(from(flags)).toEqual(source)
  })

  it.each([
    [{ from: 'churn/4' }, /--from is "churn\/4": write s3:\/\/BUCKET\/FOLDER or claim:\/\/NAME\/FOLDER/],
    [{ from: 's3://models' }, /--from is "s3:\/\/models"/],
    [{ from: 'claim://a/b', credentials: 'x' }, /--credentials means nothing for a claim/],
    [{ endpoint: 'https://a' }, /--endpoint belongs to --from s3/],
    [{ from: 's3://a/b', 'from-run': 'c' }, /--from and --from-run are two places/],
  ])('is not guessed from %j', (flags, words) => {
    expect(() => from(flags)).toThrow(words)
  })

  it('has to be named when the version names no run', () => {
    expect(() => sourceOf(version(4), {})).toThrow('churn-v4 names no MLflow run that has its bundle (spec.source.mlflowRunId)')
  })
})
