import { afterAll, beforeAll, expect, test } from 'vitest'
import { processFaults } from '../oracles/processfaults.ts'
import { tryForeign } from './foreign.ts'
import { EXPLAINED } from './poison.ts'
import { tryPoison } from './poisoned.ts'
import { openStreet, type Street } from './street.ts'

let street: Street

beforeAll(async () => {
  street = await openStreet()
}, 900_000)

afterAll(() => street?.stop())

test('objects of others under the names of our children are left as they are, and a condition says so', async () => {
  expect(await tryForeign(street)).toEqual([])
})

test('a poisoned object of each kind does not make the operator fail, and its neighbours are looked after', async () => {
  const { poisoned } = await tryPoison(street, { rounds: 1, seconds: 3 })
  expect(processFaults(street.operator, { allowed: EXPLAINED })).toEqual([])
  expect(poisoned.reacted.length).toBeGreaterThan(10)
})
