// The speed of the operator, against the limit of the API server and against two peers: parts in turn, rounds that add up, a table at the end.
import { mkdirSync } from 'node:fs'
import type { Benchmark } from '../benchmark.ts'
import { type Options, type PartName, readOptions, USAGE } from './options.ts'
import { coldStarts } from './parts/coldstart.ts'
import { restRound, soakRound } from './parts/endurance.ts'
import { latencyRound } from './parts/latency.ts'
import { type ThroughputRound, throughputRound } from './parts/throughput.ts'
import { type Circumstances, circumstances, keepRounds, type Round, readRecord, roundsLeft } from './record.ts'
import { table } from './table.ts'

interface Turn {
  options: Options
  flags: string[]
  /** Rounds of earlier runs that count. */
  before: Round[]
  /** Whether there is time for one more round. */
  goesOn: () => boolean
  keep: (round: object) => void
  say: (line: string) => void
}

const roundsToGo = ({ options, before }: Turn): number[] =>
  Array.from({ length: Math.max(0, options.rounds - before.length) }, (_, at) => before.length + at)

const throughput = async (turn: Turn): Promise<void> => {
  const { objects } = turn.options
  let choice = (turn.before.at(-1) as ThroughputRound | undefined)?.choice
  for (const round of roundsToGo(turn)) {
    if (!turn.goesOn()) return
    const figures = await throughputRound({ objects, round, flags: turn.flags, say: turn.say, ...(choice && { choice }) })
    choice = figures.choice
    turn.keep(figures)
  }
}

const latency = async (turn: Turn): Promise<void> => {
  const { objects, steadySeconds } = turn.options
  for (const _ of roundsToGo(turn)) {
    if (!turn.goesOn()) return
    turn.keep(await latencyRound({ objects, steadySeconds, flags: turn.flags }))
  }
}

const coldstart = async (turn: Turn): Promise<void> => {
  const rounds = roundsToGo(turn).length
  if (rounds > 0) await coldStarts({ objects: turn.options.objects, rounds, flags: turn.flags, keep: turn.keep })
}

const rest = async ({ options: { objects, restMinutes }, keep, say }: Turn): Promise<void> =>
  keep(await restRound({ objects, minutes: restMinutes, say }))

const soak = async ({ options: { objects, soakMinutes }, keep, say }: Turn): Promise<void> =>
  keep(await soakRound({ objects, minutes: soakMinutes, say }))

const PART: Record<PartName, (turn: Turn) => Promise<void>> = { throughput, latency, coldstart, rest, soak }

const runPart = async (name: PartName, options: Options, until: number): Promise<void> => {
  const now: Circumstances = circumstances(options.objects)
  const rounds = roundsLeft(options.file, name, now)
  const say = (line: string) => console.log(`${new Date().toTimeString().slice(0, 8)} ${name} ${rounds.length + 1}: ${line}`)
  if (options.profile !== undefined) mkdirSync(options.profile, { recursive: true })
  await PART[name]({
    options,
    flags: options.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profile}`],
    before: [...rounds],
    goesOn: () => Date.now() < until,
    keep: round => {
      rounds.push(round as Round)
      keepRounds(options.file, name, { ...now, rounds })
    },
    say,
  })
}

export const bench: Benchmark = {
  measures: 'How fast the operator writes, reacts and starts, beside a bare loop, a kopf operator and the Deployment controller.',
  usage: USAGE,
  async run(args) {
    const options = readOptions(args)
    const until = Date.now() + options.minutes * 60_000
    for (const name of options.parts) await runPart(name, options, until)
    console.log(table(readRecord(options.file)))
    console.log(`\nkept in ${options.file}`)
  },
}
