import { describe, expect, test } from 'vitest'
import { createRetrySlots } from './retryslots.ts'

describe('owners with refused children', () => {
  test('come back at their own time when they are alone', () => {
    expect(createRetrySlots().take('n/a', 1234)).toBe(1234)
  })

  test('come back one after the other in one namespace, and do not wait for those of another', () => {
    const slots = createRetrySlots()
    const times = Array.from({ length: 500 }, (_, index) => slots.take(`crowded/${index}`, 1000))
    expect(times.slice(0, 3)).toEqual([1000, 1500, 2000])
    expect(times.at(-1)).toBe(1000 + 499 * 500)
    expect(slots.take('other/a', 1000)).toBe(1000)
  })

  test('keep their slot when nothing is new, and change it for an earlier one when something is', () => {
    const slots = createRetrySlots()
    slots.take('n/a', 1000)
    const given = slots.take('n/b', 1000)
    expect(slots.take('n/b', given)).toBe(given)
    slots.free('n/a')
    expect(slots.take('n/b', 1000)).toBe(1000)
  })

  test('are brought forward in the order of their turns, each once', () => {
    const slots = createRetrySlots()
    for (const name of ['a', 'b', 'c']) slots.take(`n/${name}`, 1000)
    slots.take('n/first', 0)
    expect(slots.bringForward('n', 2)).toEqual(['n/first', 'n/a'])
    expect(slots.bringForward('n', 5)).toEqual(['n/b', 'n/c'])
    expect(slots.bringForward('n', 5)).toEqual([])
  })
})
