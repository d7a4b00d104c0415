import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Model } from '../../operator/api/model.ts'
import { models, modelVersions } from '../../operator/controllers/resources.ts'
import { sampleVersion } from '../../operator/plan/model/sampleworld.ts'
import type { Client } from '../../operator/runtime/client.ts'
import type { KubeObject } from '../../operator/runtime/shape.ts'
import { run } from '../cluster/command.ts'
import { type ControlPlane, startControlPlane } from '../cluster/controlplane.ts'
import { type OperatorProcess, startOperator } from '../faults/operator/operatorprocess.ts'
import { eventually, testClient } from '../integration/runtime/operate.ts'
import { type MlflowServer, startMlflow } from './mlflowserver.ts'

let plane: ControlPlane
let client: Client & { close(): Promise<void> }
let mlflow: MlflowServer
let operator: OperatorProcess

beforeAll(async () => {
  ;[plane, mlflow] = await Promise.all([startControlPlane(), startMlflow()])
  client = testClient(plane)
  await run([plane.kubectl, 'apply', '--server-side', '-f', join(import.meta.dirname, '../../crds')], {
    env: { ...process.env, KUBECONFIG: plane.kubeconfig },
  })
  const isServed = () =>
    client.list(models).then(
      () => true,
      () => false,
    )
  await eventually(isServed, served => served)
  operator = await startOperator({
    kubeconfig: plane.kubeconfig,
    namespaces: ['default'],
    env: { TIDEGATE_TRACKING_URI: mlflow.uri, TIDEGATE_TRACKING_STAGES: 'true' },
  })
  await operator.ready()
}, 900_000)

afterAll(async () => {
  await operator?.stop()
  await client?.close()
  await Promise.all([plane?.stop(), mlflow?.remove()])
})

const register = (number: number, accuracy: number) => {
  const { spec } = sampleVersion(number, accuracy)
  const object = {
    apiVersion: 'tidegate.io/v1alpha1',
    kind: 'ModelVersion',
    metadata: { name: `iris-v${number}`, namespace: 'default' },
    spec,
  }
  return client.create(modelVersions, object as unknown as KubeObject)
}

/** Longer in the campaign. */
const AWAY_SECONDS = Number(process.env['MLFLOW_AWAY_SECONDS'] ?? 60)

const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(1)

const model = async () => (await client.get(models, { namespace: 'default', name: 'iris' })) as unknown as Model

const synced = async () => (await model()).status?.conditions?.find(({ type }) => type === 'TrackingSynced')

const isInStep = (versions: string) =>
  eventually(synced, condition => condition?.status === 'True' && condition.message.includes(versions), 45)

interface Story {
  aliases: Record<string, string>
  versions: Record<string, Record<string, string>>
}

interface Registered {
  registered_model: { aliases?: { alias: string; version: string }[] }
}

interface Tagged {
  version: string
  current_stage?: string
  tags?: { key: string; value: string }[]
}

/** What MLflow's REST API tells: aliases, and of each version its tags by our number, and its stage. */
const story = async (name = 'default.iris'): Promise<Story> => {
  const { registered_models: [found] = [] } = await mlflow.get<{ registered_models?: { name: string }[] }>('registered-models/search', {
    filter: `name='${name}'`,
  })
  if (!found) return { aliases: {}, versions: {} }
  const { registered_model: model } = await mlflow.get<Registered>('registered-models/get', { name })
  const { model_versions: versions = [] } = await mlflow.get<{ model_versions?: Tagged[] }>('model-versions/search', {
    filter: `name='${name}'`,
    max_results: '100',
  })
  const tagsOf = ({ tags = [] }: Tagged) => Object.fromEntries(tags.map(({ key, value }) => [key.replace('tidegate.', ''), value]))
  const numbers = new Map(versions.map(one => [one.version, tagsOf(one)['version'] ?? '']))
  return {
    aliases: Object.fromEntries((model.aliases ?? []).map(({ alias, version }) => [alias, numbers.get(version) ?? ''])),
    versions: Object.fromEntries(versions.map(one => [tagsOf(one)['version'], { ...tagsOf(one), mlflow: one.current_stage ?? '' }])),
  }
}

describe('the mirror of a model in a real MLflow', () => {
  it('shows a version, where it stands, and why', async () => {
    await client.create(models, {
      apiVersion: 'tidegate.io/v1alpha1',
      kind: 'Model',
      metadata: { name: 'iris', namespace: 'default' },
      spec: {
        stages: [
          { name: 'Staging', gates: [{ metric: 'accuracy', atLeast: 0.8 }] },
          { name: 'Production', gates: [{ metric: 'accuracy', atLeast: 0.9 }] },
        ],
      },
    })
    await register(1, 0.95)
    await eventually(story, ({ versions }) => versions['1']?.['mlflow'] === 'Production', 20)
    expect(await isInStep('with 1 version ')).toMatchObject({
      reason: 'Mirrored',
      message: 'the tracking server shows default.iris with 1 version as it is here',
    })
    const { aliases, versions } = await story()
    expect(aliases).toEqual({ production: '1', champion: '1' })
    expect(versions['1']).toMatchObject({
      object: 'default/iris-v1',
      stage: 'Production',
      mlflow: 'Production',
      gates: 'Staging: Pass; Production: Pass',
      digest: sampleVersion(1, 0.95).spec.digest,
    })
  })

  it('waits for nothing while the server is away, says so, and catches up afterwards', {
    timeout: AWAY_SECONDS * 1000 + 90_000,
  }, async () => {
    await mlflow.stop()
    const away = sleep(AWAY_SECONDS * 1000)
    const moving = performance.now()
    for (const [number, accuracy] of [
      [2, 0.96],
      [3, 0.85],
      [4, 0.5],
    ] as const)
      await register(number, accuracy)
    const holders = { Production: 2, Staging: 3 }
    expect(
      await eventually(
        async () => (await model()).status?.holders,
        held => held?.['Staging'] === 3,
      ),
    ).toEqual(holders)
    const moved = performance.now() - moving
    expect(await eventually(synced, condition => condition?.status === 'False')).toMatchObject({
      reason: 'TrackingUnreachable',
      message: expect.stringContaining('fetch failed'),
    })
    await away
    await mlflow.start()
    const back = performance.now()
    await isInStep('with 4 versions')
    console.log(
      `▸ MLflow away for ${AWAY_SECONDS} s: three versions moved in ${seconds(moved)} s meanwhile, shown ${seconds(performance.now() - back)} s after it was back`,
    )
    const { aliases, versions } = await story()
    expect(aliases).toEqual({ production: '2', champion: '2', staging: '3', challenger: '3' })
    expect(
      Object.values(versions)
        .map(({ version, stage, mlflow: there }) => `${version}: ${stage}, ${there}`)
        .toSorted((a, b) => a.localeCompare(b)),
    ).toEqual(['1: Archived, Archived', '2: Production, Production', '3: Staging, Staging', '4: None, None'])
    expect(versions['1']).toMatchObject({ reason: 'replaced by version 2' })
    expect(versions['4']).toMatchObject({ gates: expect.stringContaining('Staging: Fail, accuracy 0.5 < 0.8') })
  })

  it('keeps a version that Kubernetes lost, and marks it', async () => {
    const fourth = await client.get(modelVersions, { namespace: 'default', name: 'iris-v4' })
    await client.remove(modelVersions, fourth as KubeObject)
    const { versions } = await eventually(story, told => told.versions['4']?.['stage'] === 'Deleted')
    expect(Object.keys(versions)).toHaveLength(4)
  })

  it('writes nothing to Kubernetes once all is equal', async () => {
    await eventually(synced, condition => condition?.message.includes('with 3 versions') === true)
    const before = await model()
    await new Promise(resolve => setTimeout(resolve, 1500))
    expect((await model()).metadata.resourceVersion).toBe(before.metadata.resourceVersion)
  })

  it('keeps no operator from ending while the server is away', async () => {
    await mlflow.stop()
    await register(5, 0.97)
    await eventually(synced, condition => condition?.status === 'False')
    const asked = performance.now()
    expect(await operator.stop()).toEqual({ code: 0, signal: null })
    expect(performance.now() - asked).toBeLessThan(8000)
  })
})
