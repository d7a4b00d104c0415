import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Move } from '../api/model.ts'
import { move } from './example.ts'
import { holdersAt, type Ledger } from './moves.ts'

const ledger: Ledger = {
  holders: { Staging: 3, Production: 2 },
  isComplete: true,
  moves: [
    move(3, 'None', { to: 'Staging', at: '2026-10-04T00:00:00Z' }),
    move(2, 'Staging', { to: 'Production', at: '2026-10-03T00:00:00Z', actor: 'anna' }),
    move(1, 'Production', { to: 'Archived', at: '2026-10-03T00:00:00Z', actor: 'anna' }),
    move(2, 'None', { to: 'Staging', at: '2026-10-02T00:00:00Z' }),
    move(1, 'Staging', { to: 'Production', at: '2026-10-01T12:00:00Z' }),
    move(1, 'None', { to: 'Staging', at: '2026-10-01T00:00:00Z' }),
  ],
}

const heldAt = (at: string, book = ledger) => {
  const { holdings, isKnown } = holdersAt(book, new Date(at))
  return isKnown ? Object.fromEntries(holdings.map(({ stage, version }) => [stage, version])) : 'unknown'
}

describe('who held each stage at a moment', () => {
  it.each([
    ['2026-11-01T00:00:00Z', { Staging: 3, Production: 2 }],
    ['2026-10-03T12:00:00Z', { Production: 2 }],
    ['2026-10-03T00:00:00Z', { Production: 2 }],
    ['2026-10-02T23:59:59Z', { Staging: 2, Production: 1 }],
    ['2026-10-01T11:00:00Z', { Staging: 1 }],
    ['2026-09-01T00:00:00Z', {}],
  ])('is seen from the moves: %s', (at, held) => expect(heldAt(at)).toEqual(held))

  it('comes with the move by which each entered', () => {
    const { holdings } = holdersAt(ledger, new Date('2026-10-03T12:00:00Z'))
    expect(holdings).toEqual([{ stage: 'Production', version: 2, entered: ledger.moves[1] }])
  })

  it('is not known before the oldest kept move, when somebody held a stage already', () => {
    const kept = { ...ledger, moves: ledger.moves.slice(0, 4), isComplete: false }
    expect(heldAt('2026-10-02T12:00:00Z', kept)).toEqual({ Staging: 2, Production: 1 })
    expect(heldAt('2026-10-01T13:00:00Z', kept)).toBe('unknown')
    expect(holdersAt(kept, new Date('2026-10-01T13:00:00Z')).holdings).toEqual([{ stage: 'Production', version: 1 }])
  })

  it('is what was so after each move, for any history, however much of it is kept', () => {
    const step = fc.record({ version: fc.integer({ min: 1, max: 6 }), to: fc.constantFrom('None', 'Archived', 'A', 'B', 'C') })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.nat({ max: 30 }), (steps, keep) => {
        const { moves, states } = played(steps)
        const isComplete = keep >= moves.length
        const kept = { moves: moves.slice(0, keep), holders: states.at(-1) ?? {}, isComplete }
        for (const [index, state] of states.entries()) {
          const moment = momentAfter(index)
          const isReached = isComplete || kept.moves.some(({ at }) => at <= moment)
          expect(heldAt(moment, kept)).toEqual(isReached ? state : 'unknown')
        }
      }),
    )
  })
})

const momentAfter = (index: number): string => new Date(Date.UTC(2026, 0, 1) + index * 1000).toISOString()

/** The registry's own rule, forwards: whoever holds the place that is entered is archived by the same write. */
const played = (steps: readonly { version: number; to: string }[]) => {
  const moves: Move[] = []
  const states: Record<string, number>[] = [{}]
  for (const { version, to } of steps) {
    const held = { ...states.at(-1) }
    const from = Object.keys(held).find(stage => held[stage] === version) ?? 'None'
    const at = momentAfter(states.length)
    const before = held[to]
    if (from === to) continue
    delete held[from]
    if (before !== undefined) moves.unshift(move(before, to, { to: 'Archived', at }))
    moves.unshift(move(version, from, { to, at }))
    states.push(to === 'None' || to === 'Archived' ? held : { ...held, [to]: version })
  }
  return { moves, states }
}
