import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Model, ModelSpec, ModelStatus } from '../../api/model.ts'
import type { ModelVersion, ModelVersionStatus } from '../../api/modelversion.ts'
import { type ModelWorld, plan } from './plan.ts'
import { nothingElse, start as now, sampleModel, sampleVersion as version } from './sampleworld.ts'

const ladder: ModelSpec = {
  stages: [
    { name: 'Staging', gates: [{ metric: 'accuracy', atLeast: 0.8 }], automatic: true },
    { name: 'Production', gates: [{ metric: 'accuracy', atLeast: 0.9 }], automatic: true },
  ],
}
const model = (spec = ladder, status?: ModelStatus): Model => sampleModel(spec, status)
const world = (object: Model | undefined, versions: ModelVersion[]): ModelWorld => ({
  object,
  versions,
  decisions: [],
  ...nothingElse,
  now,
})
const stageOf = (planned: ReturnType<typeof plan>, number: number) => {
  const write = planned.statuses?.find(each => each.object.metadata.name === `iris-v${number}`)
  return write?.status as ModelVersionStatus
}
const readyMessage = (status: ModelVersionStatus) => status.conditions?.find(condition => condition.type === 'Ready')?.message

describe('a model', () => {
  it('writes down how far a sink of events has come, keeps that when there is none any more, and says nothing of it before', () => {
    const said = { type: 'EventsDelivered', status: 'True', reason: 'Delivered', message: 'all told' } as const
    const types = (planned: ReturnType<typeof plan>) => planned.status?.conditions?.map(({ type }) => type)
    const without = plan(world(model(), [version(1, 0.95)]))
    expect(without.status).not.toHaveProperty('delivered')
    expect(types(without)).toEqual(['Ready'])
    const none = plan({ ...world(model(), []), announced: { said, delivered: { moves: 0 } } })
    expect(none.status).not.toHaveProperty('delivered')
    expect(types(none)).toEqual(['Ready', 'EventsDelivered'])
    const told = plan({ ...world(model(ladder, without.status), [version(1, 0.95)]), announced: { said, delivered: { moves: 2 } } })
    expect(told.status).toMatchObject({ delivered: { moves: 2 } })
    const after = plan(world(model(ladder, told.status), [version(1, 0.95)]))
    expect(after.status).toMatchObject({ delivered: { moves: 2 } })
    expect(types(after)).toEqual(['Ready'])
  })

  it('lets a version that passes every gate climb to Production in one write', () => {
    const planned = plan(world(model(), [version(1, 0.95)]))
    expect(planned.status?.holders).toEqual({ Production: 1 })
    expect(planned.status?.history?.map(move => `${move.version}: ${move.from} → ${move.to}`)).toEqual([
      '1: Staging → Production',
      '1: None → Staging',
    ])
    expect(planned.commitFirst).toBe(true)
    expect(stageOf(planned, 1).stage).toBe('Production')
  })

  it('keeps a worse version where it is, with the numbers', () => {
    const planned = plan(world(model(), [version(1, 0.95), version(2, 0.78)]))
    expect(planned.status?.holders).toEqual({ Production: 1 })
    expect(stageOf(planned, 2).stage).toBe('None')
    expect(readyMessage(stageOf(planned, 2))).toBe('not in Staging: accuracy 0.78 < 0.8')
  })

  it('stops a version between two gates and says which one it misses', () => {
    const planned = plan(world(model(), [version(1, 0.85)]))
    expect(planned.status?.holders).toEqual({ Staging: 1 })
    expect(readyMessage(stageOf(planned, 1))).toBe('holds Staging; not in Production: accuracy 0.85 < 0.9')
  })

  it('archives the previous holder in the same write', () => {
    const planned = plan(world(model(), [version(1, 0.95), version(2, 0.96)]))
    expect(planned.status).toMatchObject({ holders: { Production: 2 }, archived: [1], lastVersion: 2 })
    expect(planned.status?.history?.[1]).toMatchObject({ version: 1, from: 'Production', to: 'Archived', reason: 'replaced by version 2' })
  })

  it('holds a version below a stage that is not automatic', () => {
    const [staging, production] = ladder.stages as [ModelSpec['stages'][0], ModelSpec['stages'][0]]
    const planned = plan(world(model({ stages: [staging, { ...production, automatic: false }] }), [version(1, 0.95)]))
    expect(planned.status?.holders).toEqual({ Staging: 1 })
    expect(readyMessage(stageOf(planned, 1))).toBe('holds Staging; passed the gates of Production, which is not automatic: promote it')
  })

  it('says which object is missing when there is no Model, and judges nothing', () => {
    const planned = plan(world(undefined, [version(1, 0.95)]))
    expect(planned.status).toBeUndefined()
    expect(stageOf(planned, 1)).toMatchObject({ stage: 'None', gates: [] })
    expect(readyMessage(stageOf(planned, 1))).toContain('no Model named iris exists')
  })

  it('never demotes a holder whose object is gone, and says so', () => {
    const first = plan(world(model(), [version(1, 0.95)])).status as ModelStatus
    const planned = plan(world(model(ladder, first), []))
    expect(planned.status?.holders).toEqual({ Production: 1 })
    expect(planned.status?.conditions?.[0]).toMatchObject({ status: 'False', reason: 'HolderMissing' })
  })

  it('lets only the best of a run climb by itself, whichever is seen first, and judges the others by no Job', () => {
    const ranked = (number: number, rank: number, accuracy: number): ModelVersion => {
      const { spec, ...rest } = version(number, accuracy)
      return { ...rest, spec: { ...spec, source: { trainingJob: 'iris', uid: 'u', run: 1, rank } } }
    }
    const [second, best] = [ranked(1, 2, 0.97), ranked(2, 1, 0.95)]
    const alone = plan(world(model(), [second]))
    expect(alone.status?.holders).toEqual({})
    expect(readyMessage(stageOf(alone, 1))).toBe(
      'is number 2 of run 1, and only the best climbs by itself: promote it, or serve it by version',
    )
    const both = plan(world(model(ladder, alone.status), [second, best]))
    expect(both.status?.holders).toEqual({ Production: 2 })
    const compared: ModelSpec = { stages: [{ name: 'Staging', gates: [{ check: 'parity' }], automatic: true }] }
    const judgedByJob = plan(world(model(compared), [second])).apply.filter(({ object }) => object.kind === 'Job')
    expect(judgedByJob).toEqual([])
    expect(plan(world(model(compared), [best])).apply.filter(({ object }) => object.kind === 'Job')).toHaveLength(1)
  })

  it('never lets an older version in beside a newer one', () => {
    const first = plan(world(model(), [version(5, 0.95)])).status as ModelStatus
    const planned = plan(world(model(ladder, first), [version(3, 0.99), version(5, 0.95)]))
    expect(planned.status?.holders).toEqual({ Production: 5 })
    expect(readyMessage(stageOf(planned, 3))).toBe('version 5 is ahead of it')
  })

  it('tells each move once, on the model and on the version', () => {
    const first = plan(world(model(), [version(1, 0.95)]))
    expect(first.events.map(event => event.message)).toHaveLength(4)
    expect(plan(world(model(ladder, first.status), [version(1, 0.95)])).events).toEqual([])
  })

  it('moves nothing while it is being deleted', () => {
    const leaving = model()
    leaving.metadata.deletionTimestamp = now.toISOString()
    expect(plan(world(leaving, [version(1, 0.95)])).status?.holders).toEqual({})
  })
})

const bound = fc.constantFrom('atLeast', 'atMost', 'above', 'below')
const gates = fc.array(fc.tuple(bound, fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 2 })
const specs = fc.array(fc.record({ gates, automatic: fc.boolean() }), { minLength: 1, maxLength: 4 }).map(
  (stages): ModelSpec => ({
    stages: stages.map((stage, index) => ({
      name: `S${index}`,
      automatic: stage.automatic,
      gates: stage.gates.map(([kind, limit]) => ({ metric: 'accuracy', [kind]: limit })),
    })),
  }),
)
/** What may happen: a version appears, one is deleted, the ladder changes, or the operator dies before, or after, the commit. */
const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('register' as const), accuracy: fc.double({ min: 0, max: 1, noNaN: true }) }),
    fc.record({ kind: fc.constant('delete' as const), which: fc.nat(20) }),
    fc.record({ kind: fc.constant('respec' as const), spec: specs }),
    fc.record({ kind: fc.constant('pass' as const), committed: fc.boolean() }),
  ),
  { maxLength: 30 },
)

describe('whatever happens', () => {
  it('no stage has two holders, no version two places, no number is forgotten, and a second pass changes nothing', () => {
    fc.assert(
      fc.property(specs, steps, (first, actions) => {
        let spec = first
        let status: ModelStatus | undefined
        let versions: ModelVersion[] = []
        let highest = 0
        const pass = () => plan(world(model(spec, status), versions)).status as ModelStatus
        for (const action of actions) {
          if (action.kind === 'register') versions = [...versions, version(++highest, action.accuracy)]
          else if (action.kind === 'delete') versions = versions.filter((_, index) => index !== action.which)
          else if (action.kind === 'respec') spec = action.spec
          else {
            const planned = pass()
            if (!action.committed) continue
            status = planned
            const held = Object.values(planned.holders ?? {})
            expect(new Set(held).size).toBe(held.length)
            expect(held.filter(holder => planned.archived?.includes(holder))).toEqual([])
            expect(planned.lastVersion ?? 0).toBeLessThanOrEqual(highest)
            expect(pass()).toEqual(status)
          }
        }
      }),
      { numRuns: 500 },
    )
  })
})
