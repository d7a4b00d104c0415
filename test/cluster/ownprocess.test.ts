import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { end, isRunning, ownProcess } from './ownprocess.ts'

const children: ReturnType<typeof spawn>[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

// Short sleeps, because killing the shell does not end the one that it waits for.
const sleeper = async (script = 'while :; do sleep 0.1; done') => {
  const child = spawn('sh', ['-c', `${script}; true`, 'marked-sleeper'], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  await once(child, 'spawn')
  return { child, record: ownProcess(child.pid ?? 0, 'marked-sleeper') }
}

describe('a recorded process', () => {
  it('is running while it does', async () => {
    const { record } = await sleeper()
    expect(isRunning(record)).toBe(true)
  })

  it('is not running any more when it ended', async () => {
    const { child, record } = await sleeper('exit 0')
    await once(child, 'exit')
    expect(isRunning(record)).toBe(false)
  })

  it('is not a later process with the same pid', async () => {
    const { record } = await sleeper()
    expect(isRunning({ ...record, startTime: String(Number(record.startTime) - 1) })).toBe(false)
  })

  it('is not a process with another command line', async () => {
    const { record } = await sleeper()
    expect(isRunning({ ...record, marker: 'somebody-else' })).toBe(false)
  })

  it('is not harmed when the record is of another process', async () => {
    const { record } = await sleeper()
    await end({ ...record, startTime: '1' }, 0)
    expect(isRunning(record)).toBe(true)
  })

  it('ends when asked', async () => {
    const { record } = await sleeper()
    await end(record, 5)
    expect(isRunning(record)).toBe(false)
  })

  it('ends when it does not listen, after the time given', async () => {
    const { child, record } = await sleeper('trap "" TERM; echo deaf; while :; do sleep 0.1; done')
    if (child.stdout) await once(child.stdout, 'data')
    const started = Date.now()
    await end(record, 0.3)
    expect(isRunning(record)).toBe(false)
    expect(Date.now() - started).toBeGreaterThanOrEqual(300)
  })
})
