import { describe, expect, it } from 'vitest'
import { type Cluster, cluster, pass, settle, worldOf } from '../../../test/simulated/cluster.ts'
import { endPods, runPods, startPods } from '../../../test/simulated/kubernetes.ts'
import { specOf, trainingJob } from '../../../test/simulated/trainingjob.ts'
import type { Model } from '../../api/model.ts'
import { ModelVersion } from '../../api/modelversion.ts'
import { validate } from '../../api/validate.ts'
import { plan } from './plan.ts'

const ended = (): Cluster => {
  const c = cluster()
  settle(c)
  startPods(c)
  runPods(c)
  endPods(c, 'success')
  return c
}
const names = (c: Cluster) => c.versions.map(version => version.metadata.name)
const registered = (c: Cluster) => c.object.status?.conditions?.find(each => each.type === 'Registered')

describe('a success', () => {
  it('becomes one ModelVersion with its lineage, as the API wants it', () => {
    const c = ended()
    settle(c)
    const uid = c.jobs[0]?.metadata.uid
    expect(c.versions).toHaveLength(1)
    const [version] = c.versions
    expect(version).toMatchObject({
      metadata: { name: 'iris-v1', labels: { 'tidegate.io/trainingjob': 'iris' } },
      spec: {
        model: 'iris',
        version: 1,
        artifact: { claim: 'iris-artifacts', path: `iris/${uid}` },
        evaluation: { rows: 30, metrics: [{ name: 'accuracy' }, { name: 'f1' }] },
        source: { trainingJob: 'iris', uid: 'uid-of-iris', run: 1, algorithm: 'logisticRegression' },
      },
    })
    expect(version?.metadata).not.toHaveProperty('ownerReferences')
    expect(validate(ModelVersion.spec, version?.spec)).toEqual({ value: version?.spec })
    expect(c.object.status).toMatchObject({ version: 'iris-v1', runs: [{ version: 'iris-v1' }] })
  })

  it('names who had written the spec when the run began, not who changed it since', () => {
    const c = cluster()
    c.object.metadata.annotations = { 'tidegate.io/submitted-by': 'ann' }
    settle(c)
    startPods(c)
    runPods(c)
    c.object.metadata.annotations = { 'tidegate.io/submitted-by': 'bob' }
    endPods(c, 'success')
    settle(c)
    expect(c.versions[0]?.metadata.annotations).toEqual({ 'tidegate.io/submitted-by': 'ann' })
  })

  it('is said to be registered only when the version is seen', () => {
    const c = ended()
    pass(c)
    expect(registered(c)).toMatchObject({ status: 'Unknown', reason: 'Registering' })
    pass(c)
    expect(registered(c)).toMatchObject({ status: 'True', reason: 'Registered' })
  })

  it.each([1, 2, 3])('is registered once even if the operator dies after write %i', writes => {
    const c = ended()
    pass(c, writes)
    settle(c)
    expect(names(c)).toEqual(['iris-v1'])
  })

  it('is registered from the status when Job and pod are gone by then', () => {
    const c = ended()
    pass(c, 1)
    c.jobs = []
    c.pods = []
    settle(c)
    expect(names(c)).toEqual(['iris-v1'])
    expect(c.versions[0]?.spec.evaluation?.rows).toBe(30)
  })

  it('stays registered when somebody deletes the version', () => {
    const c = ended()
    settle(c)
    c.versions = []
    expect(pass(c)).toBe(0)
    expect(c.versions).toEqual([])
  })

  it('goes under the name of the model that was trained, if the spec names another one by now', () => {
    const c = ended()
    pass(c, 1)
    c.object = { ...c.object, spec: specOf({ model: 'other' }) }
    pass(c)
    expect(c.versions[0]?.spec).toMatchObject({ model: 'iris', version: 1 })
    expect(c.versions[0]?.spec.source?.algorithm).toBe('logisticRegression')
  })
})

const three = {
  register: { top: 3 },
  candidates: [
    { algorithm: 'logisticRegression' },
    { algorithm: 'randomForest' },
    { algorithm: 'randomForest', parameters: { max_depth: 3 } },
  ],
}

const endedWithThree = (): Cluster => {
  const c = cluster(trainingJob(three))
  settle(c)
  startPods(c)
  runPods(c)
  endPods(c, 'success')
  return c
}
const ranked = (c: Cluster) => c.versions.map(({ metadata, spec }) => `${metadata.name} ${spec.source?.rank} ${spec.digest.slice(7, 9)}`)

describe('a success with runners-up', () => {
  it('becomes a version for each, the best under the highest number', () => {
    const c = endedWithThree()
    settle(c)
    expect(ranked(c)).toEqual(['iris-v1 3 33', 'iris-v2 2 22', 'iris-v3 1 aa'])
    const uid = c.jobs[0]?.metadata.uid
    expect(c.versions.map(({ spec }) => spec.artifact.path)).toEqual([`iris/${uid}-3`, `iris/${uid}-2`, `iris/${uid}`])
    expect(c.versions.map(({ spec }) => spec.evaluation?.metrics[0]?.value)).toEqual([0.89, 0.9, 0.9667])
    for (const { spec } of c.versions) expect(validate(ModelVersion.spec, spec)).toEqual({ value: spec })
    expect(c.object.status).toMatchObject({
      version: 'iris-v3',
      runs: [{ version: 'iris-v3', runnersUp: ['iris-v2', 'iris-v1'], algorithm: 'logisticRegression' }],
      runnersUp: [{ algorithm: 'randomForest' }, { algorithm: 'randomForest' }],
    })
    expect(registered(c)?.message).toBe('ModelVersion iris-v3 carries the bundle of run 1; the next best: iris-v2, iris-v1')
  })

  it('makes one version in a pass', () => {
    const c = endedWithThree()
    for (const many of [1, 2, 3]) {
      pass(c)
      expect(c.versions).toHaveLength(many)
      expect(c.object.status?.version).toBeUndefined()
    }
  })

  it.each(Array.from({ length: 16 }, (_, i) => [1 + (i % 4), Math.floor(i / 4)]))(
    'becomes exactly three when the operator dies after write %i, and again in each of the %i passes that follow',
    (writes, more) => {
      const c = endedWithThree()
      for (let i = 0; i <= more; i++) pass(c, writes)
      settle(c)
      expect(ranked(c)).toEqual(['iris-v1 3 33', 'iris-v2 2 22', 'iris-v3 1 aa'])
    },
  )

  it('becomes exactly three when the status is lost in the middle of it', () => {
    for (const passes of [1, 2, 3, 4]) {
      const c = endedWithThree()
      for (let i = 0; i < passes; i++) pass(c)
      const { status: _, ...lost } = c.object
      c.object = lost
      settle(c)
      expect(ranked(c)).toEqual(['iris-v1 3 33', 'iris-v2 2 22', 'iris-v3 1 aa'])
      expect(c.object.status?.runs).toMatchObject([{ number: 1, outcome: 'Succeeded', version: 'iris-v3' }])
    }
  })

  it('becomes exactly three when strangers take numbers in between', () => {
    const c = endedWithThree()
    c.strangers = ['iris-v1', 'iris-v3']
    settle(c)
    expect(ranked(c)).toEqual(['iris-v2 3 33', 'iris-v4 2 22', 'iris-v5 1 aa'])
  })

  it('starts no further run before the best is registered', () => {
    const c = endedWithThree()
    c.object = { ...c.object, metadata: { ...c.object.metadata, annotations: { 'tidegate.io/run-requested': 'now' } } }
    pass(c)
    pass(c)
    expect(c.object.status?.runs).toHaveLength(1)
    settle(c)
    expect(c.object.status?.runs).toHaveLength(2)
  })
})

describe('its number', () => {
  const model = (lastVersion: number): Model => ({ metadata: { name: 'iris' }, status: { lastVersion } }) as Model
  const planned = (world: Parameters<typeof plan>[0]) => plan(world).apply.map(({ object }) => object.metadata.name)
  const world = worldOf(ended())

  it('is one more than the last that the registry knows, so that no deleted number comes back', () => {
    expect(planned({ ...world, seen: { ...world.seen, model: model(7) } })).toContain('iris-v8')
  })

  it('is the next one when somebody else took it first', () => {
    const taken = ['iris-v1', 'iris-v2', 'iris-value', 'other-v9'].map(name => ({
      apiVersion: 'tidegate.io/v1alpha1',
      kind: 'ModelVersion',
      name,
    }))
    expect(planned({ ...world, conflicts: taken })).toContain('iris-v3')
  })

  it('is not in the way of the run: a taken name is no conflict', () => {
    const c = ended()
    c.strangers = ['iris-v1']
    settle(c)
    expect(names(c)).toEqual(['iris-v2'])
    expect(c.object.status?.conditions?.[0]).toMatchObject({ status: 'True', reason: 'Registered' })
  })
})
