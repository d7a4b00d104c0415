import { describe, expect, it } from 'vitest'
import type { Model } from '../../api/model.ts'
import { condition, model, pod, selected, service, stable, world } from './example.ts'
import { plan } from './plan.ts'

const at = '2026-01-01T00:00:00.000Z'
const retiring = (version: number): Model => {
  const found = model({ Production: 2 })
  return { ...found, status: { ...found.status, retired: [{ version, uid: 'x', at }] } }
}
const asking = (version: number) => {
  const object = service()
  return { ...object, spec: { ...object.spec, traffic: [{ version }] } }
}

describe('a service that asks for a retired version', () => {
  it('makes nothing and says since when, and what to do', () => {
    const planned = plan(world({ model: retiring(1) }, asking(1)))
    expect(planned).toMatchObject({ apply: [], hold: true })
    expect(condition(planned, 'Ready')).toMatchObject({
      status: 'False',
      reason: 'VersionMissing',
      message: `version 1 of iris is retired since ${at}, and its bundle is being removed: ask for another version`,
    })
  })

  it('keeps serving what it serves', () => {
    const planned = plan(world({ model: retiring(1), services: [stable(2)], pods: [pod(2, 'a', true)] }, asking(1)))
    expect(planned.hold ?? selected(planned) === '2').toBe(true)
    expect(planned.status?.entry).toBe(2)
  })

  it('is another one when its number is not retired', () => {
    expect(selected(plan(world({ model: retiring(1) }, asking(2))))).toBe('2')
  })
})
