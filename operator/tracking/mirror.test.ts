import { describe, expect, it } from 'vitest'
import type { Decision } from '../api/decision.ts'
import type { Model, ModelSpec, ModelStatus } from '../api/model.ts'
import type { ModelVersion } from '../api/modelversion.ts'
import { plan } from '../plan/model/plan.ts'
import { approval, later, nothingElse, sampleModel, sampleVersion, start } from '../plan/model/sampleworld.ts'
import { mirror } from './mirror.ts'

const naming = { names: 'mlflow', prefix: '' } as const

const ladder: ModelSpec = {
  stages: [
    { name: 'Staging', gates: [{ metric: 'accuracy', atLeast: 0.8 }], automatic: true },
    { name: 'Production', gates: [{ metric: 'accuracy', atLeast: 0.9 }], automatic: true },
  ],
}

/** What Kubernetes says after the model controller has looked. */
const settled = (spec: ModelSpec, versions: ModelVersion[], decisions: Decision[] = []): { model: Model; versions: ModelVersion[] } => {
  const planned = plan({
    object: sampleModel(spec),
    versions,
    decisions,
    ...nothingElse,
    now: later(1),
  })
  const statusOf = (name: string) => planned.statuses?.find(({ object }) => object.metadata.name === name)?.status
  return {
    model: sampleModel(spec, planned.status as ModelStatus),
    versions: versions.map(version => ({ ...version, status: statusOf(version.metadata.name) })),
  }
}

const wanted = (model: Model | undefined, versions: ModelVersion[]) => mirror(naming, { namespace: 'ns', name: 'iris', model, versions })

describe('the mirror of a model', () => {
  it('is a registered model with one version for each of ours and an alias for each stage', () => {
    const { model, versions } = settled(ladder, [sampleVersion(1, 0.95), sampleVersion(2, 0.85), sampleVersion(3, 0.5)])
    const { name, tags, aliases, versions: shown } = wanted(model, versions)
    expect(name).toBe('ns.iris')
    expect(tags).toMatchObject({ 'tidegate.managed': 'true', 'tidegate.aliases': 'challenger,champion,production,staging' })
    expect(aliases).toEqual({ production: 'iris-v1', champion: 'iris-v1', staging: 'iris-v2', challenger: 'iris-v2' })
    expect(shown.map(({ uid, stage, tags: { 'tidegate.stage': told } }) => [uid, stage, told])).toEqual([
      ['iris-v1', 'Production', 'Production'],
      ['iris-v2', 'Staging', 'Staging'],
      ['iris-v3', 'None', 'None'],
    ])
  })

  it('says of each version what it is and why it is where it is', () => {
    const { model, versions } = settled(ladder, [sampleVersion(1, 0.95), sampleVersion(2, 0.85)])
    const [first, second] = wanted(model, versions).versions
    expect(first?.tags).toMatchObject({
      'tidegate.uid': 'iris-v1',
      'tidegate.object': 'ns/iris-v1',
      'tidegate.version': '1',
      'tidegate.digest': versions[0]?.spec.digest,
      'tidegate.gates': 'Staging: Pass; Production: Pass',
      'tidegate.moved_by': 'tidegate',
      'tidegate.metric.accuracy': '0.95',
    })
    expect(second?.tags['tidegate.gates']).toMatch(/^Staging: Pass; Production: Fail, accuracy 0.85 < 0.9/)
    expect(first?.source).toEqual({ uri: 'tidegate://ns/iris-artifacts/iris/1' })
  })

  it('names who approved, as the history tells it', () => {
    const [staging, production] = ladder.stages as [ModelSpec['stages'][0], ModelSpec['stages'][0]]
    const guarded = { ...production, approvals: { required: 2, notAuthor: false, expireAfter: '72h' } }
    const version = sampleVersion(1, 0.95)
    const said = ['ann', 'bob'].map(by => approval(guarded, version, { by, at: start }))
    const { model, versions } = settled({ stages: [staging, guarded] }, [version], said)
    const [shown] = wanted(model, versions).versions
    expect(shown?.tags).toMatchObject({ 'tidegate.stage': 'Production', 'tidegate.approved_by': 'ann, bob' })
  })

  it('follows a version into the archive', () => {
    const { model, versions } = settled(ladder, [sampleVersion(1, 0.95), sampleVersion(2, 0.96)])
    const { aliases, versions: shown } = wanted(model, versions)
    expect(aliases).toEqual({ production: 'iris-v2', champion: 'iris-v2' })
    expect(shown[0]).toMatchObject({ stage: 'Archived', tags: { 'tidegate.reason': 'replaced by version 2' } })
  })

  it('has no aliases without a Model, and says that all is gone when there is nothing left', () => {
    expect(wanted(undefined, [sampleVersion(1, 0.95)])).toMatchObject({ aliases: {}, tags: { 'tidegate.managed': 'true' } })
    expect(wanted(undefined, [])).toMatchObject({ aliases: {}, versions: [], tags: { 'tidegate.managed': 'gone' } })
  })

  it('never points an alias at a version that is gone', () => {
    const { model } = settled(ladder, [sampleVersion(1, 0.95)])
    expect(wanted(model, []).aliases).toEqual({})
  })

  it('gives a stage that MLflow does not know no stage there, and an alias', () => {
    const { model, versions } = settled({ stages: [{ name: 'GNU_Production', automatic: true }] }, [sampleVersion(1, 0.95)])
    const { aliases, versions: shown } = wanted(model, versions)
    expect(shown[0]).toMatchObject({ stage: 'None', tags: { 'tidegate.stage': 'GNU_Production' } })
    expect(aliases).toEqual({ gnu_production: 'iris-v1', champion: 'iris-v1' })
  })
})
