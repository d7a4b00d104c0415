import { describe, expect, it } from 'vitest'
import { modelLedger } from '../../test/simulated/modelledger.ts'
import type { Decision } from '../api/decision.ts'
import type { ModelSpec, ModelStatus, Move } from '../api/model.ts'
import type { ModelVersion } from '../api/modelversion.ts'
import { plan } from '../plan/model/plan.ts'
import { digestOf, nothingElse, sampleDecision, sampleModel, sampleVersion, start } from '../plan/model/sampleworld.ts'
import { eventOf } from './event.ts'
import { whatOf } from './what.ts'

const spec: ModelSpec = {
  stages: [
    { name: 'Staging', automatic: true },
    { name: 'Production', automatic: false },
  ],
}

/** One pass of the real plan: what it stores, and what the moves in it are called. */
const decided = (status: ModelStatus | undefined, versions: ModelVersion[], ...decisions: Decision[]) => {
  const planned = plan({ object: sampleModel(spec, status), versions, decisions, ...nothingElse, now: start })
  const after = planned.status as ModelStatus
  const fresh = (after.history ?? []).slice(0, (after.history ?? []).length - (status?.history ?? []).length).toReversed()
  return { status: after, called: fresh.map(move => `${move.version} ${whatOf(move)}`) }
}

const promote = (version: number) => sampleDecision({ action: 'Promote', stage: 'Production', version })

describe('a move', () => {
  const [one, two] = [sampleVersion(1, 0.9), sampleVersion(2, 0.9)]
  const first = decided(undefined, [one])
  const produced = decided(first.status, [one], promote(1))
  const replaced = decided(decided(produced.status, [one, two]).status, [one, two], promote(2))

  it('into a stage and up is a promotion, and whoever is replaced by it is archived, told before', () => {
    expect(first.called).toEqual(['1 promoted'])
    expect(produced.called).toEqual(['1 promoted'])
    expect(replaced.called).toEqual(['1 archived', '2 promoted'])
  })

  it('is a bypass’s promotion, too', () => {
    const bypass = sampleDecision({ action: 'Bypass', stage: 'Production', version: 1, digest: digestOf(1) })
    expect(decided(first.status, [one], bypass).called).toEqual(['1 promoted'])
  })

  it('back into a stage is a rollback or a restoration, as the Decision says', () => {
    const back = (action: 'Rollback' | 'Restore' | 'Bypass') =>
      decided(
        replaced.status,
        [one, two],
        sampleDecision({ action, stage: 'Production', version: 1, ...(action === 'Bypass' && { digest: digestOf(1) }) }),
      )
    expect(back('Rollback').called).toEqual(['2 archived', '1 rolledback'])
    expect(back('Restore').called).toEqual(['2 archived', '1 restored'])
    expect(back('Bypass').called).toEqual(['2 archived', '1 restored'])
  })

  it('out of a stage by the word of a person is a demotion, or archives; a rejection of what stands nowhere is one', () => {
    const say = (status: ModelStatus | undefined, action: 'Reject' | 'Archive', stage: string) =>
      decided(status, [one], sampleDecision({ action, stage, version: 1, reason: 'no' })).called
    expect(say(first.status, 'Reject', 'Staging')).toEqual(['1 demoted'])
    expect(say(produced.status, 'Archive', 'Production')).toEqual(['1 archived'])
    const down = decided(first.status, [one], sampleDecision({ action: 'Reject', stage: 'Staging', version: 1, reason: 'no' }))
    expect(say(down.status, 'Reject', 'Staging')).toEqual(['1 rejected'])
  })
})

describe('the event of a move', () => {
  const ledger = modelLedger()
  ledger.promote()
  ledger.promote()
  const [first, second] = ledger.moves as [Move, Move]
  const event = eventOf(ledger.model(), 2, second)

  it('says which Model, which version, what, when, and the move as the ledger has it', () => {
    expect(event).toEqual({
      specversion: '1.0',
      id: expect.stringMatching(/^iris-2-[0-9a-f]{16}$/),
      source: '/apis/tidegate.io/v1alpha1/namespaces/ns/models/iris',
      type: 'io.tidegate.model.archived',
      subject: 'iris-v1',
      time: '2026-01-01T00:02:00.000Z',
      datacontenttype: 'application/json',
      sequence: '0000000002',
      partitionkey: 'ns/iris',
      data: {
        namespace: 'ns',
        model: 'iris',
        version: 1,
        from: 'Staging',
        to: 'Archived',
        actor: 'tidegate',
        reason: 'replaced by version 2',
        digest: digestOf(1),
        at: '2026-01-01T00:02:00.000Z',
      },
    })
  })

  it('has an id of its own, which is the same however its fields are ordered', () => {
    const turned = Object.fromEntries(Object.entries(second).toReversed()) as Move
    const model = ledger.model()
    const ids = [
      event,
      eventOf(model, 2, turned),
      eventOf(model, 3, second),
      eventOf(model, 2, first),
      eventOf({ ...model, metadata: { ...model.metadata, uid: 'another' } }, 2, second),
    ].map(({ id }) => id)
    expect(ids[1]).toBe(ids[0])
    expect(new Set(ids).size).toBe(4)
  })

  it('names attributes as CloudEvents demands', () => {
    expect(Object.keys(event).filter(name => !/^[a-z0-9]{1,20}$/.test(name))).toEqual([])
  })
})
