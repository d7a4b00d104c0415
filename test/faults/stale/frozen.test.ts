import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Ground, openGround } from '../matrix/ground.ts'
import { frozenCases, tryFrozen } from './frozen.ts'

let ground: Ground

beforeAll(async () => {
  ground = await openGround()
}, 900_000)

afterAll(() => ground?.stop())

test('an operator that is shown the past by a frozen API server decides nothing until it sees what is', async () => {
  const cases = frozenCases.filter(({ name }) => name === 'a service is replaced by another of its name meanwhile')
  const verdicts = await tryFrozen(ground, cases)
  expect(verdicts).toEqual(cases.map(({ name }) => ({ name, problems: [] })))
})
