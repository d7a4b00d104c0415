// What is planned in eight situations, complete, as a reviewer would want to read it: `vitest -u` writes the files anew.
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { plan } from '../../operator/plan/trainingjob/plan.ts'
import { type Cluster, cluster, settle, worldOf } from '../simulated/cluster.ts'
import { endPods, runPods, startPods } from '../simulated/kubernetes.ts'
import { specOf, trainingJob } from '../simulated/trainingjob.ts'

const csv = {
  data: {
    source: { csv: { path: 'raw/iris.csv' } },
    target: 'species',
    ignore: ['id'],
    fallback: { builtin: 'iris' as const },
    checks: { onFailure: 'fallback' as const, schema: [{ name: 'petal_length', type: 'number' as const, min: 0 }] },
  },
}

const working = (change: object = csv): Cluster => {
  const c = cluster(trainingJob(change))
  settle(c)
  startPods(c)
  runPods(c)
  settle(c)
  return c
}

const cases: Record<string, () => Cluster> = {
  'first-pass': () => cluster(trainingJob(csv)),
  'at-work': () => {
    const c = working()
    c.progress = { contract: 1, stage: 'Evaluating', percent: 80, etaSeconds: 4 }
    return c
  },
  'ended-well': () => {
    const c = working()
    endPods(c, 'success')
    return c
  },
  registered: () => {
    const c = working()
    endPods(c, 'success')
    settle(c)
    return c
  },
  'bad-data': () => {
    const c = working()
    endPods(c, 'bad data')
    return c
  },
  suspended: () => {
    const c = working()
    c.object = { ...c.object, spec: specOf({ ...csv, suspend: true }) }
    return c
  },
  'another-computation': () => {
    const c = working()
    c.object = { ...c.object, spec: specOf({ ...csv, model: 'flowers' }) }
    return c
  },
  'shared-claim-and-own-image': () =>
    cluster(
      trainingJob({
        data: { source: { csv: { claim: 'shelf', path: 'a.csv' } }, target: 'y' },
        storage: { artifacts: { claim: 'shelf' } },
        compute: { image: 'registry.example/trainer:2', resources: { limits: { cpu: '2', memory: '4Gi' } }, retries: 0, deadline: '10m' },
      }),
    ),
}

describe('the plan of a TrainingJob', () => {
  it.each(Object.entries(cases))('%s', async (name, world) => {
    const written = stringify(JSON.parse(JSON.stringify(plan(worldOf(world())))), { lineWidth: 0, aliasDuplicateObjects: false })
    await expect(written).toMatchFileSnapshot(join(import.meta.dirname, 'trainingjob', `${name}.yaml`))
  })
})
