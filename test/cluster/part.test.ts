import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { killStrays, type Part, runningPart, startPart, stopPart } from './part.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'part-'))
})
afterEach(async () => {
  await killStrays(folder)
  rmSync(folder, { recursive: true })
})

// Short sleeps, because killing the shell does not end the one that it waits for.
const FOREVER = 'while :; do sleep 0.1; done'

const part = (script: string, changes: Partial<Part> = {}): Part => ({
  name: 'sleeper',
  argv: ['sh', '-c', script, 'a-part'],
  ready: () => Promise.resolve(),
  ...changes,
})

const pid = () => runningPart(folder, 'sleeper')?.pid

describe('a part', () => {
  it('that runs as described is left alone', async () => {
    expect(await startPart(folder, part(FOREVER))).toBe('started')
    const before = pid()
    expect(await startPart(folder, part(FOREVER))).toBe('kept')
    expect(pid()).toBe(before)
  })

  it.each([
    ['its command', part('while :; do sleep 0.2; done')],
    ['its environment', part(FOREVER, { env: { LEVEL: 'debug' } })],
  ])('starts anew when %s changes', async (_, changed) => {
    await startPart(folder, part(FOREVER))
    const before = pid()
    expect(await startPart(folder, changed)).toBe('started')
    expect(pid()).not.toBe(before)
  })

  it('starts anew when it was killed', async () => {
    await startPart(folder, part(FOREVER))
    process.kill(pid() ?? 0, 'SIGKILL')
    await vi.waitUntil(() => pid() === undefined)
    expect(await startPart(folder, part(FOREVER))).toBe('started')
  })

  it('that ends says so with its name and the end of its log', async () => {
    const failing = part('echo no such disk; exit 3', { ready: () => Promise.reject(new Error('refused')) })
    await expect(startPart(folder, failing)).rejects.toThrow(
      /^sleeper ended while it was to become ready; the end of its log .*\n +no such disk$/,
    )
  })

  it('that does not become ready says why', async () => {
    const slow = part(`echo waiting; ${FOREVER}`, { ready: () => Promise.reject(new Error('answers 503')), readySeconds: 0.2 })
    await expect(startPart(folder, slow)).rejects.toThrow(/^sleeper is not ready after 0.2 s \(answers 503\)(.|\n)*waiting$/)
  })

  it('whose program is missing says so', async () => {
    const missing = part('', { argv: ['/no/such/program'], ready: () => Promise.reject(new Error('refused')) })
    await expect(startPart(folder, missing)).rejects.toThrow(/^sleeper ended.*\n +cannot run \/no\/such\/program/)
  })

  it('is stopped', async () => {
    await startPart(folder, part(FOREVER))
    await stopPart(folder, 'sleeper')
    expect(pid()).toBeUndefined()
  })

  it('without a record is found by its environment', async () => {
    await startPart(folder, part(FOREVER))
    const left = pid() ?? 0
    rmSync(join(folder, 'sleeper.process.json'))
    await killStrays(folder)
    // It is dead; that it was buried is heard of a moment later.
    await expect.poll(() => isThere(left), { timeout: 5000 }).toBe(false)
  })
})

const isThere = (id: number): boolean => {
  try {
    return process.kill(id, 0)
  } catch {
    return false
  }
}
