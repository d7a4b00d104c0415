import { describe, expect, it } from 'vitest'
import { type ModelLedger, modelLedger } from '../../test/simulated/modelledger.ts'
import { countIn, owed } from './owed.ts'

/** 399 moves: most of them in links. */
const long = (): ModelLedger => {
  const ledger = modelLedger()
  for (let version = 1; version <= 200; version++) {
    ledger.promote()
    ledger.pass(undefined)
  }
  return ledger
}

const viewOf = (ledger: ModelLedger) => ({ model: ledger.model(), links: ledger.links })

describe('what is owed', () => {
  const ledger = long()

  it('is every move behind those that were told, in links and status alike, under the number that it always has', () => {
    expect(ledger.moves).toHaveLength(399)
    expect(ledger.links.length).toBeGreaterThan(3)
    expect(countIn(viewOf(ledger))).toBe(399)
    const all = ledger.moves.map((move, index) => ({ number: index + 1, move }))
    for (const told of [0, 1, 49, 50, 51, 137, 250, 298, 299, 300, 398]) expect([...owed(viewOf(ledger), told)]).toEqual(all.slice(told))
  })

  it('is nothing when all were told, or more than there are', () => {
    expect([...owed(viewOf(ledger), 399)]).toEqual([])
    expect([...owed(viewOf(ledger), 1000)]).toEqual([])
    expect([...owed({ model: modelLedger().model(), links: [] }, 0)]).toEqual([])
  })

  it('says which moves the ledger does not hold any more', () => {
    const [first, second, ...rest] = ledger.links
    const changed = { ...second, data: { ...(second?.['data'] as object), moves: '[]' } } as (typeof rest)[0]
    const found = [...owed({ model: ledger.model(), links: [changed, ...rest] }, 10)]
    expect(found.slice(0, 2)).toEqual([
      { number: 11, upTo: 50, lost: expect.stringContaining(`ConfigMap ${first?.metadata.name}`) },
      { number: 51, upTo: 100, lost: expect.stringContaining(`ConfigMap ${second?.metadata.name}`) },
    ])
    expect(found.slice(2)).toEqual(ledger.moves.slice(100).map((move, index) => ({ number: index + 101, move })))
  })
})
