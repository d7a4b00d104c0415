// Lets one process at a time into a piece of work; a lock whose holder died is taken over.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isRunning, type OwnProcess, ownProcess } from './ownprocess.ts'

/** Runs the work while holding the lock file; waits for as long as a living process holds it. */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true })
  while (!take(file)) await sleep(200)
  try {
    return await work()
  } finally {
    rmSync(file, { force: true })
  }
}

// A link appears whole or not at all, so nobody reads a lock without its holder's name.
let taken = 0
function take(file: string): boolean {
  taken += 1
  const draft = `${file}.${process.pid}.${taken}`
  writeFileSync(draft, JSON.stringify(ownProcess(process.pid, '')))
  try {
    linkSync(draft, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    removeWhenStale(file)
    return false
  } finally {
    rmSync(draft, { force: true })
  }
}

// Moved aside before it is judged: of two that saw the same stale lock, only one moves it, and a living one is put back.
function removeWhenStale(file: string): void {
  const aside = `${file}.${process.pid}.${taken}.aside`
  try {
    if (isHeld(file)) return
    renameSync(file, aside)
    if (isHeld(aside)) linkSync(aside, file)
  } catch (error) {
    // Gone in between: the next try takes it.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  } finally {
    rmSync(aside, { force: true })
  }
}

/** Whether a living process holds the lock. */
export function isHeld(file: string): boolean {
  try {
    return isRunning(JSON.parse(readFileSync(file, 'utf8')) as OwnProcess)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}
