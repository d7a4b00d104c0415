// Keeps the figures: each part says on which commit, machine and day it was measured; rounds of one commit add up over several runs.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import type { PartName } from './options.ts'

export interface Circumstances {
  commit: string
  /** Whether the checkout held exactly this commit. */
  clean: boolean
  date: string
  objects: number
  /** Processes that wanted a processor in the minute before: more than a few tenths, and the machine did something else, too. */
  load: number
  machine: { processor: string; cores: number; memoryGiB: number; kernel: string; node: string }
}

export type Round = Record<string, unknown>

export interface Part extends Circumstances {
  rounds: Round[]
}

export interface Kept {
  bench: 'operator'
  parts: Partial<Record<PartName, Part>>
}

const root = join(import.meta.dirname, '../..')
const git = (...args: string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()

export const circumstances = (objects: number): Circumstances => ({
  commit: git('rev-parse', 'HEAD'),
  clean: git('status', '--porcelain', '--', '.', ':!docs/results') === '',
  date: new Date().toISOString(),
  objects,
  load: loadavg()[0] ?? Number.NaN,
  machine: {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
  },
})

export const readRecord = (file: string): Kept =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Kept) : { bench: 'operator', parts: {} }

/** Rounds that still count: of the same commit, with the same number of objects. */
export const roundsLeft = (file: string, name: PartName, now: Circumstances): Round[] => {
  const before = readRecord(file).parts[name]
  const isSame = before?.commit === now.commit && before.clean === now.clean && before.objects === now.objects
  return isSame ? before.rounds : []
}

/** Written whole before it is named, so that a stopped run loses at most its last round. */
export const keepRounds = (file: string, name: PartName, part: Part): void => {
  const record = readRecord(file)
  const next: Kept = { ...record, parts: { ...record.parts, [name]: part } }
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.draft`, `${JSON.stringify(next, null, 2)}\n`)
  renameSync(`${file}.draft`, file)
}
