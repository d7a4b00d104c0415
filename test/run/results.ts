// The record of a campaign: a file that is complete after each round, so that a stopped campaign goes on where it was.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

export interface Wanted {
  campaign: string
  shows: string
  commit: string
  /** Whether the checkout held exactly this commit. */
  clean: boolean
  seed: number
  rounds: number
}

export interface RoundResult {
  number: number
  seed: number
  seconds: number
  figures?: Record<string, unknown>
  failure?: string
}

export interface Result extends Wanted {
  done: number
  failed: number
  seconds: number
  results: RoundResult[]
}

export const begin = (wanted: Wanted): Result => ({ ...wanted, done: 0, failed: 0, seconds: 0, results: [] })

export const isOver = (result: Result): boolean => result.done >= result.rounds

/** What an earlier run left, when it was the same campaign on the same commit with the same seed, and has rounds to go. */
export const resumed = (file: string, wanted: Wanted): Result | undefined => {
  if (!existsSync(file)) return undefined
  const left = JSON.parse(readFileSync(file, 'utf8')) as Result
  const isSame = left.commit === wanted.commit && left.clean === wanted.clean && left.seed === wanted.seed
  return isSame && left.done < wanted.rounds ? { ...left, rounds: wanted.rounds } : undefined
}

/** The result with one more round, written whole before it is named. */
export const keep = (file: string, result: Result, round: RoundResult): Result => {
  const next = {
    ...result,
    done: result.done + 1,
    failed: result.failed + (round.failure === undefined ? 0 : 1),
    seconds: Math.round((result.seconds + round.seconds) * 10) / 10,
    results: [...result.results, round],
  }
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.draft`, `${JSON.stringify(next, null, 2)}\n`)
  renameSync(`${file}.draft`, file)
  return next
}
