import { describe, expect, it } from 'vitest'
import { complaintOf, Interrupted } from './failure.ts'
import { listen } from './interrupt.ts'

const heard = () => ['SIGHUP', 'SIGINT', 'SIGTERM'].map(name => process.listenerCount(name))

describe('a signal', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s ends the command in order, with the exit code of a shell, and only once', (name, exitCode) => {
    const before = heard()
    const { signal } = listen()
    expect(() => signal.throwIfAborted()).not.toThrow()
    process.emit(name)
    expect(() => signal.throwIfAborted()).toThrow(Interrupted)
    expect(complaintOf(signal.reason)).toEqual({ exitCode, text: `stopped by ${name}` })
    expect(heard()).toEqual(before)
  })

  it('does what it always does once nobody listens any more', () => {
    const before = heard()
    const { signal, stop } = listen()
    expect(heard()).not.toEqual(before)
    stop()
    expect(heard()).toEqual(before)
    expect(signal.aborted).toBe(false)
  })
})
