import { describe, expect, test } from 'vitest'
import type { Action } from './fault.ts'
import { createFaultBook } from './faultbook.ts'
import type { RequestRecord } from './requestrecord.ts'

const request = (rest: Partial<RequestRecord> = {}): RequestRecord => ({
  number: 1,
  method: 'POST',
  path: '/',
  verb: 'create',
  group: '',
  resource: 'configmaps',
  beganAt: 0,
  ...rest,
})
const act = (status: number): Action => ({ kind: 'answer', status })

describe('the faults of a request', () => {
  test('are those whose every condition fits', () => {
    const book = createFaultBook()
    book.add({ on: { verb: 'create', resource: 'configmaps' }, times: Number.POSITIVE_INFINITY, act: act(1) })
    book.add({ on: { mutation: 7 }, times: Number.POSITIVE_INFINITY, act: act(2) })
    book.add({ on: { changing: false }, times: Number.POSITIVE_INFINITY, act: act(3) })
    book.add({ on: {}, times: Number.POSITIVE_INFINITY, act: act(4) })
    expect(book.take(request())).toEqual([act(1), act(4)])
    expect(book.take(request({ mutation: 7, verb: 'delete' }))).toEqual([act(2), act(4)])
    expect(book.take(request({ verb: 'get' }))).toEqual([act(3), act(4)])
  })

  test('act from the n-th on, so many times, once when nothing is said', () => {
    const book = createFaultBook()
    book.add({ on: {}, from: 2, times: 2, act: act(1) })
    book.add({ on: {}, act: act(2) })
    expect([1, 2, 3, 4].map(() => book.take(request()))).toEqual([[act(2)], [act(1)], [act(1)], []])
  })

  test('can be taken back, one or all', () => {
    const book = createFaultBook()
    const takeBack = book.add({ on: {}, act: act(1) })
    book.add({ on: {}, from: 2, act: act(2) })
    takeBack()
    expect(book.take(request())).toEqual([])
    book.clear()
    expect(book.take(request())).toEqual([])
  })

  test('count from one, or are refused', () => {
    expect(() => createFaultBook().add({ on: {}, from: 0, act: act(1) })).toThrow('from is 0 and times 1: both count from 1')
  })
})
