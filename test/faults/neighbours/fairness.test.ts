import { afterAll, beforeAll, expect, test } from 'vitest'
import { tryFairness } from './fairness.ts'
import { compare, openStreet, type Street } from './street.ts'

let street: Street

beforeAll(async () => {
  street = await openStreet()
}, 900_000)

afterAll(() => street?.stop())

test('objects of one namespace that fail in every pass do not slow down another namespace', async () => {
  const { alone, beside } = await tryFairness(street, { bad: 200, seconds: 4 })
  const comparison = compare(alone, beside)
  console.log(comparison.told)
  expect(comparison).toMatchObject({ heldByOperator: true })
})
