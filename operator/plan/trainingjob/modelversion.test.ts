import { describe, expect, it } from 'vitest'
import { type Cluster, cluster, pass, settle, worldOf } from '../../../test/simulated/cluster.ts'
import { endPods, runPods, startPods } from '../../../test/simulated/kubernetes.ts'
import { specOf } from '../../../test/simulated/trainingjob.ts'
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
    expect(c.versions[0]?.spec.source).not.toHaveProperty('algorithm')
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
