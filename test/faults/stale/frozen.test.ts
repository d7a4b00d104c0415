import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Ground, openGround } from '../matrix/ground.ts'
import { frozenCases, tryFrozen } from './frozen.ts'
import { serviceReplaced } from './stories.ts'

let ground: Ground

beforeAll(async () => {
  ground = await openGround()
}, 900_000)

afterAll(() => ground?.stop())

test('an operator that is shown the past by a frozen API server decides nothing until it sees what is', async () => {
  const cases = frozenCases.filter(({ story }) => story === serviceReplaced)
  const verdicts = await tryFrozen(ground, cases)
  expect(verdicts).toEqual(cases.map(({ name }) => ({ name, problems: [] })))
})
