import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { isHeld, withLock } from './lock.ts'

const folder = mkdtempSync(join(tmpdir(), 'lock-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('a lock', () => {
  it('lets one in at a time', async () => {
    let inside = 0
    let most = 0
    const work = async () => {
      inside += 1
      most = Math.max(most, inside)
      await sleep(20)
      inside -= 1
    }
    await Promise.all([1, 2, 3].map(() => withLock(join(folder, 'busy'), work)))
    expect(most).toBe(1)
  })

  it('of a process that is gone is taken over', async () => {
    const file = join(folder, 'stale')
    writeFileSync(file, JSON.stringify({ pid: process.pid, startTime: '1', marker: '' }))
    expect(await withLock(file, async () => 'taken')).toBe('taken')
  })

  it('is given back after a failure', async () => {
    const file = join(folder, 'failed')
    await expect(withLock(file, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    expect(isHeld(file)).toBe(false)
  })
})
