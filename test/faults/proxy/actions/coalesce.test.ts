import { describe, expect, test } from 'vitest'
import { randomFrom } from '../random.ts'
import { latest } from './coalesce.ts'

const event = (type: string, uid: string, version: number) => ({ type, object: { metadata: { uid, resourceVersion: String(version) } } })
const bookmark = (version: number) => ({ type: 'BOOKMARK', object: { metadata: { resourceVersion: String(version) } } })

describe('what is left of held events', () => {
  test('is the latest of each object, in order, with bookmarks where they were', () => {
    const held = [event('MODIFIED', 'a', 1), event('MODIFIED', 'b', 2), bookmark(2), event('MODIFIED', 'a', 3)]
    expect(latest(held)).toEqual([event('MODIFIED', 'b', 2), bookmark(2), event('MODIFIED', 'a', 3)])
  })

  test('is still an addition when the object is new to the client, and nothing when it is gone again', () => {
    expect(latest([event('ADDED', 'a', 1), event('MODIFIED', 'a', 2)])).toEqual([event('ADDED', 'a', 2)])
    expect(latest([event('ADDED', 'a', 1), event('MODIFIED', 'a', 2), event('DELETED', 'a', 3)])).toEqual([])
    expect(latest([event('MODIFIED', 'a', 2), event('DELETED', 'a', 3)])).toEqual([event('DELETED', 'a', 3)])
  })

  test('keeps an object and its successor of the same name apart', () => {
    const held = [event('DELETED', 'a', 1), event('ADDED', 'b', 2)]
    expect(latest(held)).toEqual(held)
  })
})

test('chance is the same for the same seed, and another for another', () => {
  const draw = (seed: number) => Array.from({ length: 5 }, randomFrom(seed))
  expect(draw(7)).toEqual(draw(7))
  expect(draw(7)).not.toEqual(draw(8))
  expect(draw(7).every(number => number >= 0 && number < 1)).toBe(true)
})
