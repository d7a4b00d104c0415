import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../../operator/runtime/shape.ts'
import { children, fixture, plain, ready } from './fixture.ts'
import { eventually, writesIn } from './operate.ts'
import {
  autoscalers,
  configMaps,
  deployment,
  deployments,
  everyKind,
  gadgets,
  make,
  networkPolicies,
  quotas,
  services,
  widgets,
} from './widgets.ts'

const api = fixture()

const templateOf = (object: KubeObject) =>
  (object as unknown as { spec: { template: { spec: { containers: { env: unknown[] }[] } } } }).spec.template.spec

describe('what others do', () => {
  test('a field removed from the plan really disappears, though it came with the POST', async () => {
    let data: Record<string, string> = { kept: '1', removed: '1' }
    let annotations: Record<string, string> = { kept: 'x', removed: 'x' }
    const operator = await api.start(() => plain(children([{ ...make(configMaps, 'a', { data }), metadata: { name: 'a', annotations } }])))
    await api.create(make(widgets, 'a'))
    await api.settled()
    data = { kept: '2' }
    annotations = { kept: 'x' }
    await operator.again(`${api.namespace}/a`)
    const after = (await api.get(configMaps)) as KubeObject
    expect(after['data']).toEqual({ kept: '2' })
    expect(after.metadata.annotations).not.toHaveProperty('removed')
    data = {}
    await operator.again(`${api.namespace}/a`)
    expect(((await api.get(configMaps)) as KubeObject)['data']).toBeUndefined()
  })

  test('an environment variable removed from a pod template disappears without touching the replicas another one set', async () => {
    let image = '1'
    const planned = () => {
      const object = deployment(`registry.example/server:${image}`)
      if (image === '2') templateOf(object).containers[0]?.env.shift()
      return object
    }
    const scale = [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'a', replicas: 4 }]
    let scaled: typeof scale = scale
    const operator = await api.start(() => plain(children([planned()]), { scale: scaled }))
    await api.create(make(widgets, 'a'))
    await api.settled()
    scaled = []
    image = '2'
    await operator.again(`${api.namespace}/a`)
    const after = JSON.stringify(await api.get(deployments))
    expect(after).not.toContain('"name":"MODEL"')
    expect(after).toContain('"replicas":4')
  })

  test.each([
    ['changes a value', { data: { weight: '99' } }],
    ['removes a value', { data: { weight: null } }],
    ['removes our mark', { metadata: { annotations: { 'tidegate.io/applied': null } } }],
  ])('is undone when somebody %s that we planned', async (_, change) => {
    await api.start(() => plain(children([make(configMaps, 'a', { data: { weight: '10' } })])))
    await api.create(make(widgets, 'a'))
    await api.settled()
    await api.client.merge(configMaps, { namespace: api.namespace, name: 'a' }, change)
    const healed = await eventually(
      () => api.get(configMaps),
      now => (now?.['data'] as { weight?: string })?.weight === '10' && now?.metadata.annotations?.['tidegate.io/applied'] !== undefined,
    )
    expect(healed).toMatchObject({ data: { weight: '10' } })
    const after = await api.settled()
    expect(after.slice(-2)).toEqual(['patch configmaps', 'patch configmaps'])
  })

  test('is left alone where we planned nothing: a foreign annotation, a restart of a Deployment, a status, a scale', async () => {
    const operator = await api.start(() => plain(children(everyKind())))
    await api.create(make(widgets, 'a'))
    const first = await api.settled()
    const restartedAt = { 'kubectl.kubernetes.io/restartedAt': 'now' }
    await api.client.merge(
      deployments,
      { namespace: api.namespace, name: 'a' },
      { spec: { template: { metadata: { annotations: restartedAt } } } },
    )
    await api.client.merge(deployments, { namespace: api.namespace, name: 'a', subresource: 'scale' }, { spec: { replicas: 7 } })
    await api.client.merge(deployments, { namespace: api.namespace, name: 'a', subresource: 'status' }, { status: { replicas: 7 } })
    await api.client.merge(services, { namespace: api.namespace, name: 'a' }, { metadata: { annotations: { theirs: 'x' } } })
    await api.client.merge(
      autoscalers,
      { namespace: api.namespace, name: 'a', subresource: 'status' },
      { status: { currentReplicas: 1, desiredReplicas: 7 } },
    )
    await operator.again(`${api.namespace}/a`)
    expect(await api.settled()).toEqual(first)
    expect(await api.get(deployments)).toMatchObject({ spec: { replicas: 7 } })
  })

  test('with the same name is never touched, is told to the plan, and is waited for', async () => {
    const foreign = await api.create(make(configMaps, 'a', { data: { theirs: 'x' } }), configMaps)
    const operator = await api.start(({ feedback }) =>
      plain(children([make(configMaps, 'a', { data: { ours: 'y' } }), make(configMaps, 'b')]), {
        status: {
          conditions: [ready(feedback.conflicts.length > 0 ? 'False' : 'True')],
          conflicts: feedback.conflicts.map(({ kind, name }) => `${kind}/${name}`),
        },
      }),
    )
    await api.create(make(widgets, 'a'))
    expect(await api.settled()).toEqual(['create configmaps', 'update widgets/status'])
    expect(await api.get(widgets)).toMatchObject({ status: { conflicts: ['ConfigMap/a'], conditions: [{ status: 'False' }] } })
    await operator.again(`${api.namespace}/a`)
    expect((await api.get(configMaps))?.metadata.resourceVersion).toBe(foreign.metadata.resourceVersion)
    await api.client.remove(configMaps, foreign)
    const healed = await eventually(
      () => api.get(widgets),
      now => (now?.['status'] as { conflicts?: string[] })?.conflicts?.length === 0,
    )
    expect(healed).toMatchObject({ status: { conditions: [{ status: 'True' }] } })
    expect(await api.get(configMaps)).toMatchObject({ data: { ours: 'y' } })
  })

  test('with the same name is found even where our selection hides it, without a second write', async () => {
    const foreign = await api.create(make(configMaps, 'a', { data: { theirs: 'x' } }), configMaps)
    const selection = { namespace: api.namespace, labelSelector: 'app.kubernetes.io/managed-by=tidegate' }
    const planned = make(configMaps, 'a', { metadata: { name: 'a', labels: { 'app.kubernetes.io/managed-by': 'tidegate' } } })
    const operator = await api.start(({ feedback }) => plain(children([planned]), { status: { conflicts: feedback.conflicts.length } }), {
      spec: { children: [{ ...configMaps, selection }] },
    })
    await api.create(make(widgets, 'a'))
    const first = await api.settled()
    expect(first).toEqual(['create configmaps', 'update widgets/status'])
    await sleep(2500)
    await operator.again(`${api.namespace}/a`)
    expect(await api.settled()).toEqual(first)
    expect((await api.get(configMaps))?.metadata.resourceVersion).toBe(foreign.metadata.resourceVersion)
    await api.client.remove(configMaps, foreign)
    const healed = await eventually(
      () => api.get(configMaps),
      now => now?.metadata.labels !== undefined,
      20,
    )
    expect(healed?.metadata.ownerReferences).toHaveLength(1)
  })

  test('with the number of a version takes that number, and the plan takes the next', async () => {
    await api.create(make(gadgets, 'v1', { spec: { by: 'somebody' } }), gadgets)
    await api.start(({ feedback }) => {
      const version = feedback.conflicts.some(({ name }) => name === 'v1') ? 2 : 1
      return plain([{ object: make(gadgets, `v${version}`, { spec: { by: 'us' } }), mode: 'create' }], { status: { version } })
    })
    await api.create(make(widgets, 'a'))
    expect(await api.settled()).toEqual(['create gadgets', 'update widgets/status'])
    expect(await api.get(gadgets, 'v1')).toMatchObject({ spec: { by: 'somebody' } })
    expect(await api.get(gadgets, 'v2')).toMatchObject({ spec: { by: 'us' } })
  })
})

/** There may be no Deployment in this namespace. */
const forbidDeployments = async (): Promise<KubeObject> => {
  const none = { 'count/deployments.apps': '0' }
  const quota = await api.create(make(quotas, 'none', { spec: { hard: none } }), quotas)
  await api.client.merge(quotas, { namespace: api.namespace, name: 'none', subresource: 'status' }, { status: { hard: none, used: none } })
  await sleep(500)
  return quota
}

describe('a refusal', () => {
  test('of a quota reaches the status, and the child is made once there is room', async () => {
    const quota = await forbidDeployments()
    await api.start(({ feedback }) =>
      plain(children(everyKind().filter(({ kind }) => kind === 'Deployment' || kind === 'Service')), {
        status: {
          conditions: [ready(feedback.refusals.length > 0 ? 'False' : 'True')],
          refused: feedback.refusals.map(({ reason, message }) => `${reason}: ${message}`),
        },
      }),
    )
    await api.create(make(widgets, 'a'))
    const refused = await eventually(
      () => api.get(widgets),
      now => (now?.['status'] as { refused?: string[] })?.refused?.length === 1,
    )
    expect(JSON.stringify(refused?.['status'])).toMatch(/Forbidden: .*exceeded quota: none/)
    expect(await api.get(services)).toBeDefined()
    await api.client.remove(quotas, quota)
    const healed = await eventually(
      () => api.get(widgets),
      now => (now?.['status'] as { refused?: string[] })?.refused?.length === 0,
      30,
    )
    expect(healed).toMatchObject({ status: { conditions: [{ status: 'True' }] } })
    expect(await api.get(deployments)).toBeDefined()
  }, 60_000)

  test('of a hundred owners is tried again a few times a second, and all are made at once when there is room', async () => {
    const quota = await forbidDeployments()
    const names = Array.from({ length: 100 }, (_, index) => `a-${index}`)
    await api.start(({ object }) => plain(children([{ ...deployment(), metadata: { name: object.metadata.name } }])))
    for (const name of names) await api.create(make(widgets, name))
    // A status is written once the child was refused.
    await eventually(
      () => api.client.list(widgets, { namespace: api.namespace }),
      ({ items }) => items.every(item => item['status'] !== undefined),
      20,
    )
    const tries = () => writesIn(api.plane, api.namespace).filter(({ what }) => what === 'deployments').length
    const before = tries()
    expect(before).toBeGreaterThanOrEqual(names.length)
    await sleep(6000)
    expect(tries() - before).toBeLessThanOrEqual(16)
    await api.client.remove(quotas, quota)
    const made = await eventually(
      () => api.client.list(deployments, { namespace: api.namespace }),
      ({ items }) => items.length === names.length,
      10,
    )
    expect(made.items).toHaveLength(names.length)
  }, 60_000)

  test('of an invalid object reaches the status with the field, and is not repeated by every pass', async () => {
    const operator = await api.start(({ feedback }) =>
      plain(children([make(networkPolicies, 'a', { spec: { podSelector: {}, policyTypes: ['Sideways'] } })]), {
        status: { refused: feedback.refusals.map(({ message }) => message) },
      }),
    )
    await api.create(make(widgets, 'a'))
    const refused = await eventually(
      () => api.get(widgets),
      now => (now?.['status'] as { refused?: string[] })?.refused?.length === 1,
    )
    expect(JSON.stringify(refused?.['status'])).toMatch(/spec\.policyTypes/)
    for (let pass = 0; pass < 5; pass++) operator.runtime.enqueue('widgets', `${api.namespace}/a`)
    await sleep(300)
    expect(writesIn(api.plane, api.namespace).filter(({ what }) => what === 'networkpolicies').length).toBeLessThanOrEqual(2)
  })
})
