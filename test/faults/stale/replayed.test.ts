import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Ground, openGround } from '../matrix/ground.ts'
import { replayCases, tryReplayed } from './replayed.ts'

let ground: Ground

beforeAll(async () => {
  ground = await openGround()
}, 900_000)

afterAll(() => ground?.stop())

test('an operator that is told older lists makes and removes nothing', async () => {
  const cases = replayCases.filter(({ story }) => story.name === 'serve')
  const verdicts = await tryReplayed(ground, cases)
  expect(verdicts).toEqual(cases.map(({ name }) => ({ name, problems: [] })))
})
