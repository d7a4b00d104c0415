import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Ground, openGround } from '../matrix/ground.ts'
import { frozenCases, tryFrozen } from './frozen.ts'
import { replayCases, tryReplayed } from './replayed.ts'

let ground: Ground

beforeAll(async () => {
  ground = await openGround()
}, 900_000)

afterAll(() => ground?.stop())

const clean = (cases: readonly { name: string }[]) => cases.map(({ name }) => ({ name, problems: [] }))

test('an operator that is moved to a frozen API server and back decides nothing on what it shows', async () => {
  expect(await tryFrozen(ground)).toEqual(clean(frozenCases))
})

test('an operator that is told older lists of any kind makes and removes nothing', async () => {
  expect(await tryReplayed(ground)).toEqual(clean(replayCases))
})
