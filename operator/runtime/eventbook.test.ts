import { describe, expect, test } from 'vitest'
import { createEventBook } from './eventbook.ts'
import { manualClock } from './manualclock.ts'

const open = () => {
  const clock = manualClock()
  const book = createEventBook(clock)
  const enter = (news: string, about = 'n/a') => book.enter({ about, news, name: `event-${news}` })
  return { clock, book, enter }
}

describe('an event book', () => {
  test('tells news once, and counts it up at most every five minutes', () => {
    const { clock, enter } = open()
    expect(enter('x')).toEqual({ act: 'tell' })
    expect(enter('x')).toEqual({ act: 'count' })
    clock.advance(299_999)
    expect(enter('x')).toEqual({ act: 'count' })
    clock.advance(1)
    expect(enter('x')).toEqual({ act: 'recount', name: 'event-x', count: 4 })
    expect(enter('x')).toEqual({ act: 'count' })
  })

  test('tells it anew after an hour, when the first telling is gone from the cluster', () => {
    const { clock, enter } = open()
    enter('x')
    clock.advance(3_600_000)
    expect(enter('x')).toEqual({ act: 'tell' })
  })

  test('tells it anew when the cluster lost it', () => {
    const { book, enter } = open()
    enter('x')
    book.erase('x')
    expect(enter('x')).toEqual({ act: 'tell' })
  })

  test('drops what a talkative object says beyond 20 at once and 10 a minute, and hears its neighbour', () => {
    const { clock, enter } = open()
    const acts = Array.from({ length: 60 }, (_, at) => enter(`news ${at}`).act)
    expect(acts.filter(act => act === 'tell')).toHaveLength(20)
    expect(enter('other', 'n/b').act).toBe('tell')
    let told = 0
    for (let second = 0; second < 60; second++) {
      clock.advance(1000)
      if (enter(`later ${second}`).act === 'tell') told++
    }
    expect(told).toBe(10)
  })
})
