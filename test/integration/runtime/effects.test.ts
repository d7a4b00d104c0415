import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Condition, KubeObject, Plan } from '../../../operator/runtime/shape.ts'
import { children, fixture, plain, ready } from './fixture.ts'
import { eventually } from './operate.ts'
import { claim, claims, configMaps, deployments, events, everyKind, gadgets, make, widgets } from './widgets.ts'

const api = fixture()

describe('a first pass', () => {
  test('POSTs every child once and writes the status once', async () => {
    await api.start(() => plain(children(everyKind())))
    await api.create(make(widgets, 'a'))
    expect(await api.settled()).toEqual([...everyKind().map(() => expect.stringMatching(/^create /)), 'update widgets/status'])
    const { metadata } = (await api.get(widgets)) as KubeObject
    const made = (await api.get(deployments)) as KubeObject
    expect(made.metadata.ownerReferences).toEqual([
      { apiVersion: 'test.example.dev/v1', kind: 'Widget', name: 'a', uid: metadata.uid, controller: true, blockOwnerDeletion: true },
    ])
    expect(made.metadata.annotations?.['tidegate.io/applied']).toMatch(/^[0-9a-f]{32}$/)
  })

  test('gives a new Deployment its replicas at once, and changes them later through the scale subresource alone', async () => {
    let replicas = 3
    const operator = await api.start(() =>
      plain(children(everyKind()), { scale: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'a', replicas }] }),
    )
    await api.create(make(widgets, 'a'))
    expect((await api.settled()).filter(write => write.includes('/scale'))).toEqual([])
    expect(await api.get(deployments)).toMatchObject({ spec: { replicas: 3 } })
    replicas = 5
    await operator.again(`${api.namespace}/a`)
    expect((await api.settled()).slice(-1)).toEqual(['patch deployments/scale'])
    expect(await api.get(deployments)).toMatchObject({ spec: { replicas: 5 } })
  })

  test('writes the own status before anything else when it is the commit point', async () => {
    await api.start(() => plain(children([make(configMaps, 'a')]), { commitFirst: true }))
    await api.create(make(widgets, 'a'))
    expect(await api.settled()).toEqual(['update widgets/status', 'create configmaps'])
  })
})

describe('a quiet world', () => {
  test('sees no write in a second pass, nor after a restart', async () => {
    const planner = () => plain([...children(everyKind()), { object: claim('data'), mode: 'keep' as const }])
    const operator = await api.start(planner)
    await api.create(make(widgets, 'a'))
    const first = await api.settled()
    await operator.again(`${api.namespace}/a`)
    expect(await api.settled()).toEqual(first)
    await api.stop(operator)
    const next = await api.start(planner)
    await next.again(`${api.namespace}/a`)
    expect(await next.passes()).toBeGreaterThan(0)
    expect(await api.settled()).toEqual(first)
  })

  test('stays quiet after an apply, too, and after a restart that follows it', async () => {
    let image = 'registry.example/server:1'
    const planner = () => plain(children(everyKind(image).filter(({ kind }) => kind !== 'Job')))
    const operator = await api.start(planner)
    await api.create(make(widgets, 'a'))
    const first = await api.settled()
    image = 'registry.example/server:2'
    await operator.again(`${api.namespace}/a`)
    const second = await api.settled()
    expect(second.slice(first.length)).toEqual(['patch deployments', 'patch deployments'])
    expect(JSON.stringify(await api.get(deployments))).toContain('registry.example/server:2')
    await operator.again(`${api.namespace}/a`)
    expect(await api.settled()).toEqual(second)
    await api.stop(operator)
    const next = await api.start(planner)
    await next.again(`${api.namespace}/a`)
    expect(await api.settled()).toEqual(second)
    image = 'registry.example/server:3'
    await next.again(`${api.namespace}/a`)
    expect((await api.settled()).slice(second.length)).toEqual(['patch deployments'])
  })
})

describe('pruning', () => {
  test('deletes what it owns and no longer plans, and nothing else', async () => {
    let planned = [make(configMaps, 'a'), make(configMaps, 'b')]
    const operator = await api.start(() => plain(children(planned)))
    await api.create(make(configMaps, 'stranger'), configMaps)
    await api.create(make(widgets, 'a'))
    await api.settled()
    planned = [make(configMaps, 'a')]
    await operator.again(`${api.namespace}/a`)
    expect((await api.settled()).slice(-1)).toEqual(['delete configmaps'])
    expect(await api.get(configMaps, 'b')).toBeUndefined()
    expect(await api.get(configMaps, 'stranger')).toBeDefined()
    expect(await api.get(configMaps, 'a')).toBeDefined()
  })

  test('deletes nothing while the plan holds', async () => {
    let hold: true | undefined
    const operator = await api.start(() => plain(hold ? [] : children([make(configMaps, 'a')]), { ...(hold && { hold }) }))
    await api.create(make(widgets, 'a'))
    const first = await api.settled()
    hold = true
    await operator.again(`${api.namespace}/a`)
    expect(await api.settled()).toEqual(first)
    expect(await api.get(configMaps)).toBeDefined()
  })

  test('never touches claims and objects made once, and makes them again when they are absent', async () => {
    let apply: Plan['apply'] = [
      { object: claim('data'), mode: 'keep' },
      { object: make(gadgets, 'v1', { spec: { version: 1 } }), mode: 'create' },
    ]
    const operator = await api.start(() => plain(apply))
    await api.create(make(widgets, 'a'))
    const first = await api.settled()
    expect(first).toEqual(['create persistentvolumeclaims', 'create gadgets', 'update widgets/status'])
    expect((await api.get(claims, 'data'))?.metadata.ownerReferences).toBeUndefined()
    apply = []
    await operator.again(`${api.namespace}/a`)
    expect(await api.settled()).toEqual(first)
    expect(await api.get(gadgets, 'v1')).toBeDefined()
  })

  test('deletes by uid what the plan names', async () => {
    const gone = await api.create(make(gadgets, 'old'), gadgets)
    await api.start(() => plain([], { remove: [gone] }))
    await api.create(make(widgets, 'a'))
    expect(await api.settled()).toContain('delete gadgets')
    expect(await api.get(gadgets, 'old')).toBeUndefined()
  })

  test('makes nothing for an object that is being deleted', async () => {
    await api.start(() => plain(children([make(configMaps, 'a')])))
    const held = { ...make(widgets, 'a'), metadata: { name: 'a', namespace: api.namespace, finalizers: ['test.example.dev/hold'] } }
    const created = await api.client.create(widgets, held)
    const first = await api.settled()
    await api.client.remove(widgets, created)
    await api.client.remove(configMaps, (await api.get(configMaps)) as KubeObject)
    expect(await api.settled()).toEqual(first)
    expect(await api.get(configMaps)).toBeUndefined()
  })
})

describe('status', () => {
  test('loses a field that the plan leaves out, and keeps the time of a condition that did not move', async () => {
    let status: object = { conditions: [ready()], extra: 'x' }
    const operator = await api.start(() => plain([], { status }))
    await api.create(make(widgets, 'a'))
    await api.settled()
    const before = (await api.get(widgets)) as unknown as { status: { conditions: Condition[]; extra?: string } }
    expect(before.status.extra).toBe('x')
    await sleep(1100)
    status = { conditions: [{ ...ready(), message: 'Still well.' }] }
    await operator.again(`${api.namespace}/a`)
    const after = (await api.get(widgets)) as unknown as typeof before
    expect(after.status.extra).toBeUndefined()
    expect(after.status.conditions[0]).toMatchObject({
      message: 'Still well.',
      lastTransitionTime: before.status.conditions[0]?.lastTransitionTime,
    })
  })

  test('of other objects is written with theirs as precondition', async () => {
    await api.create(make(gadgets, 'g'), gadgets)
    await api.start(({ of }) =>
      plain([], {
        statuses: of(gadgets)
          .list()
          .map(object => ({ object, status: { stage: 'Staging' } })),
      }),
    )
    await api.create(make(widgets, 'a'))
    expect(await api.settled()).toEqual(['update widgets/status', 'update gadgets/status'])
    expect(await api.get(gadgets, 'g')).toMatchObject({ status: { stage: 'Staging' } })
  })

  test('is accompanied by Events, and by none when it did not change', async () => {
    const operator = await api.start(() => plain([], { events: [{ type: 'Warning', reason: 'Odd', message: 'Something is odd.' }] }))
    await api.create(make(widgets, 'a'))
    await api.settled()
    await operator.again(`${api.namespace}/a`)
    const { items } = await api.client.list(events, { namespace: api.namespace })
    expect(items).toHaveLength(1)
    expect(items[0]).toMatchObject({
      type: 'Warning',
      reason: 'Odd',
      note: 'Something is odd.',
      regarding: { kind: 'Widget', name: 'a' },
      reportingController: 'tidegate.io/operator',
    })
  })
})

describe('a failing pass', () => {
  test('is retried later and later, is counted, and never stops its neighbour', async () => {
    const operator = await api.start(({ object }) => {
      if (object.metadata.name === 'poisoned') throw new Error('cannot be planned')
      return plain(children([make(configMaps, object.metadata.name)]))
    })
    await api.create(make(widgets, 'poisoned'))
    await api.create(make(widgets, 'well'))
    expect(await eventually(() => api.get(configMaps, 'well'), Boolean)).toBeDefined()
    await sleep(1500)
    const page = await operator.registry.metrics()
    expect(page).toMatch(/controller_runtime_reconcile_errors_total\{controller="widgets"\} [1-9]/)
    expect(operator.lines.some(line => line.includes('cannot be planned') && line.includes(`"key":"${api.namespace}/poisoned"`))).toBe(true)
    expect(operator.lines.filter(line => line.includes('pass failed')).length).toBeLessThan(12)
  })
})
