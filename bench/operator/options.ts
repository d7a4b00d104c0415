// What the command line of this benchmark says.
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { cacheFolder } from '../../test/cluster/cache.ts'

export const PARTS = ['throughput', 'latency', 'coldstart', 'rest', 'soak'] as const
export type PartName = (typeof PARTS)[number]

export interface Options {
  parts: readonly PartName[]
  /** InferenceServices that exist, or are made. */
  objects: number
  rounds: number
  /** No further round begins after this time; the next run goes on with it. */
  minutes: number
  /** Of changes at a steady pace, in the part on latency. */
  steadySeconds: number
  restMinutes: number
  soakMinutes: number
  /** The file that the figures are kept in. */
  file: string
  /** A folder for processor profiles of the operator. */
  profile: string | undefined
}

export const USAGE = `  --part NAME        ${PARTS.join(', ')}; may be given more than once; without it all but rest and soak
  --rounds N         of every figure that is compared (5)
  --objects N        InferenceServices (1000)
  --minutes N        begin no further round after so long; another run goes on (no limit)
  --quick            100 objects, 1 round, short; kept apart from the measured figures
  --rest-minutes N   how long nothing must be written (10)
  --soak-minutes N   how long the heap is watched, from minute a third of it on (30)
  --profile FOLDER   processor profiles of the operator
  --file FILE        where the figures are kept (docs/results/bench-operator.json)`

const RESULTS = join(import.meta.dirname, '../../docs/results/bench-operator.json')

export const readOptions = (args: string[]): Options => {
  const { values } = parseArgs({
    args,
    options: {
      part: { type: 'string', multiple: true },
      rounds: { type: 'string' },
      objects: { type: 'string' },
      minutes: { type: 'string' },
      quick: { type: 'boolean', default: false },
      'rest-minutes': { type: 'string' },
      'soak-minutes': { type: 'string' },
      profile: { type: 'string' },
      file: { type: 'string' },
    },
  })
  const { quick } = values
  return {
    parts: values.part === undefined ? ['throughput', 'latency', 'coldstart'] : values.part.map(partNamed),
    objects: whole('--objects', values.objects, quick ? 100 : 1000),
    rounds: whole('--rounds', values.rounds, quick ? 1 : 5),
    minutes: whole('--minutes', values.minutes, 1_000_000),
    steadySeconds: quick ? 10 : 60,
    restMinutes: whole('--rest-minutes', values['rest-minutes'], quick ? 1 : 10),
    soakMinutes: whole('--soak-minutes', values['soak-minutes'], quick ? 3 : 30),
    file: values.file ?? (quick ? join(cacheFolder('bench'), 'operator-quick.json') : RESULTS),
    profile: values.profile,
  }
}

const partNamed = (written: string): PartName => {
  const found = PARTS.find(name => name === written)
  if (found === undefined) throw new Error(`--part is ${JSON.stringify(written)}: use one of ${PARTS.join(', ')}`)
  return found
}

const whole = (flag: string, written: string | undefined, usual: number): number => {
  const value = written === undefined ? usual : Number(written)
  if (!Number.isInteger(value) || value < 1) throw new Error(`${flag} is ${JSON.stringify(written)}: use a whole number from 1`)
  return value
}
