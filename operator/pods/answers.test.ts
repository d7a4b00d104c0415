import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Pod } from '../plan/observed.ts'
import { type AnswersOptions, createAnswers } from './answers.ts'
import type { Told } from './ask.ts'

const pod = (uid: string): Pod => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: uid, uid } })
const value = (text: string): Told<string> => ({ value: text, status: 200 })

/** Questions are answered when the test says so. */
const open = (options: Partial<AnswersOptions<string>> = {}) => {
  const asked: string[] = []
  const news: string[] = []
  const waiting: ((told: Told<string>) => void)[] = []
  const question = (one: Pod): Promise<Told<string>> => {
    asked.push(one.metadata.uid ?? '')
    return new Promise(resolve => waiting.push(resolve))
  }
  const answers = createAnswers<string>({ question, onNews: key => news.push(key), againAfterMs: 0, ...options })
  const answer = async (told: Told<string>) => {
    waiting.shift()?.(told)
    await setImmediate()
  }
  return { answers, asked, news, answer }
}

describe('answers of pods', () => {
  it('are waited for by nobody, and told when they come', async () => {
    const { answers, asked, news, answer } = open()
    const about = { key: 'a', pod: pod('p'), about: '1' }
    expect(answers.of(about)).toBeUndefined()
    expect(answers.of(about)).toBeUndefined()
    expect(asked).toEqual(['p'])
    await answer(value('x'))
    expect(news).toEqual(['a'])
    expect(answers.of(about)).toEqual(value('x'))
  })

  it('that are the same again are no news', async () => {
    const { answers, asked, news, answer } = open()
    const about = { key: 'a', pod: pod('p'), about: '1' }
    for (const told of [value('x'), value('x'), { problem: 'silence' }, { problem: 'silence' }]) {
      answers.of(about)
      await answer(told)
    }
    expect(asked).toHaveLength(4)
    expect(news).toEqual(['a', 'a'])
  })

  it('that are final, or young, are not asked for again', async () => {
    const { answers, asked, answer } = open({ againAfterMs: 60_000 })
    const final = { key: 'a', pod: pod('p'), about: '1', isFinal: () => true }
    answers.of(final)
    answers.of({ ...final, pod: pod('q'), isFinal: () => false })
    await answer(value('x'))
    await answer(value('y'))
    answers.of(final)
    answers.of({ ...final, pod: pod('q'), isFinal: () => false })
    expect(asked).toEqual(['p', 'q'])
  })

  it('about something else are unknown again, and late ones about what was before are no news', async () => {
    const { answers, news, answer } = open()
    answers.of({ key: 'a', pod: pod('p'), about: '1' })
    expect(answers.of({ key: 'a', pod: pod('p'), about: '2' })).toBeUndefined()
    await answer(value('of the first'))
    expect(news).toEqual([])
    await answer(value('of the second'))
    expect(news).toEqual(['a'])
  })

  it('of pods that are gone are forgotten', async () => {
    const { answers, news, answer } = open()
    answers.of({ key: 'a', pod: pod('p'), about: '1' })
    answers.keep('a', [])
    answers.of({ key: 'b', pod: pod('q'), about: '1' })
    answers.forget('b')
    await answer(value('x'))
    await answer(value('x'))
    expect(news).toEqual([])
  })

  it('are asked for so many at a time, first come first served', async () => {
    const { answers, asked, answer } = open({ atOnce: 2 })
    for (const uid of ['p', 'q', 'r', 's']) answers.of({ key: uid, pod: pod(uid), about: '1' })
    await setImmediate()
    expect(asked).toEqual(['p', 'q'])
    await answer({ problem: 'silence' })
    expect(asked).toEqual(['p', 'q', 'r'])
    await answer(value('x'))
    await answer(value('x'))
    expect(asked).toEqual(['p', 'q', 'r', 's'])
  })
})
