import { afterEach, beforeEach, expect, test } from 'vitest'
import { processFaults } from '../oracles/processfaults.ts'
import { tryFairness } from './fairness.ts'
import { EXPLAINED } from './poison.ts'
import { tryPoison } from './poisoned.ts'
import { compare, openStreet, type Street } from './street.ts'

let street: Street

beforeEach(async () => {
  street = await openStreet()
}, 900_000)

afterEach(() => street?.stop())

test('a poisoned object of each kind does not slow its neighbours down beyond twice their p99', async () => {
  const { clean, poisoned } = await tryPoison(street)
  const comparison = compare(clean, poisoned)
  console.log(`▸ ${comparison.told}`)
  expect(processFaults(street.operator, { allowed: EXPLAINED })).toEqual([])
  expect(comparison).toMatchObject({ heldByOperator: true })
})

test('five hundred objects of one namespace that fail in every pass do not slow down another namespace beyond twice its p99', async () => {
  const { alone, beside } = await tryFairness(street)
  const comparison = compare(alone, beside)
  console.log(`▸ ${comparison.told}`)
  expect(comparison).toMatchObject({ heldByOperator: true })
})
