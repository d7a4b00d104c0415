import { expect, test } from 'vitest'
import { createLeftAlone } from './leftalone.ts'
import { manualClock } from './manualclock.ts'

test('a request is left alone for as long as was asked, and others are not', () => {
  const clock = manualClock()
  const leftAlone = createLeftAlone(clock)
  leftAlone.ask('PATCH a', 9000)
  expect([leftAlone.left('PATCH a'), leftAlone.left('PATCH b')]).toEqual([9000, 0])
  clock.advance(8000)
  leftAlone.ask('PATCH b', 5000)
  expect([leftAlone.left('PATCH a'), leftAlone.left('PATCH b')]).toEqual([1000, 5000])
  clock.advance(1000)
  expect([leftAlone.left('PATCH a'), leftAlone.left('PATCH b')]).toEqual([0, 4000])
})
