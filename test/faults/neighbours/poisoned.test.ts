import { afterAll, beforeAll, expect, test } from 'vitest'
import { processFaults } from '../oracles/processfaults.ts'
import { tryForeign } from './foreign.ts'
import { EXPLAINED } from './poison.ts'
import { tryPoison } from './poisoned.ts'
import { compare, openStreet, type Street } from './street.ts'

let street: Street

beforeAll(async () => {
  street = await openStreet()
}, 900_000)

afterAll(() => street?.stop())

test('objects of others under the names of our children are left as they are, and a condition says so', async () => {
  expect(await tryForeign(street)).toEqual([])
})

test('a poisoned object of each kind neither slows its neighbours down nor makes the operator fail', async () => {
  const { clean, poisoned } = await tryPoison(street, { rounds: 1, seconds: 3 })
  const comparison = compare(clean, poisoned)
  console.log(comparison.told)
  expect(processFaults(street.operator, { allowed: EXPLAINED })).toEqual([])
  expect(comparison).toMatchObject({ heldByOperator: true })
})
