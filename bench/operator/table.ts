// The figures as a table: what was measured, its middle and spread, what it should be, and whether that is settled.
import { type Summary, summary, type Target, verdict } from './figures.ts'
import type { PartName } from './options.ts'
import type { ColdStartRound } from './parts/coldstart.ts'
import type { RestRound, SoakRound } from './parts/endurance.ts'
import type { LatencyRound } from './parts/latency.ts'
import type { ThroughputRound } from './parts/throughput.ts'
import type { Kept } from './record.ts'

interface Row {
  figure: string
  unit: string
  values: number[]
  target?: Target
}

const row = (figure: string, unit: string, values: number[], target?: Target): Row => ({ figure, unit, values, ...(target && { target }) })

const throughput = (rounds: ThroughputRound[]): Row[] => {
  const of = (pick: (round: ThroughputRound) => number): number[] => rounds.map(pick)
  return [
    row(
      'apply → all children, 1 service',
      'ms',
      rounds.flatMap(({ singleMs }) => singleMs),
    ),
    row(
      'apply → all children, 100 services',
      's',
      of(({ operator }) => operator.hundred.childrenSeconds),
    ),
    row(
      `apply → all children, ${rounds[0]?.operator.all.services} services`,
      's',
      of(({ operator }) => operator.all.childrenSeconds),
    ),
    row(
      'children',
      '/s',
      of(({ operator }) => operator.all.childrenPerSecond),
    ),
    row(
      'writes',
      '/s',
      of(({ operator }) => operator.all.writesPerSecond),
    ),
    row(
      'writes of the bare loop',
      '/s',
      of(({ limit }) => limit.all.writesPerSecond),
    ),
    row(
      'operator / bare loop, writes per second',
      '',
      of(({ operator, limit }) => operator.all.writesPerSecond / limit.all.writesPerSecond),
      {
        atLeast: 0.7,
      },
    ),
    row(
      `apply → all children, kopf (${rounds.at(-1)?.kopf.configuration})`,
      's',
      of(({ kopf }) => kopf.all.childrenSeconds),
    ),
    row(
      'kopf / operator, time to all children',
      '×',
      of(({ kopf, operator }) => kopf.all.childrenSeconds / operator.all.childrenSeconds),
      {
        atLeast: 3,
      },
    ),
    row(
      'time per write, operator',
      'ms',
      of(({ operator }) => 1000 / operator.all.writesPerSecond),
    ),
    row(
      'time per write, Deployment controller',
      'ms',
      of(({ deploymentController }) => deploymentController.msPerWrite),
    ),
    row(
      'writes per service, operator',
      '',
      of(({ operator }) => operator.all.writesPerService),
    ),
    row(
      'writes per service, kopf',
      '',
      of(({ kopf }) => kopf.all.writesPerService),
    ),
    row(
      'writes refused, operator',
      '',
      of(({ operator }) => operator.all.refused),
      { atMost: 0 },
    ),
    row(
      'processor time, operator',
      's',
      of(({ operator }) => operator.all.cpuSeconds),
    ),
    row(
      'processor time, bare loop',
      's',
      of(({ limit }) => limit.all.cpuSeconds),
    ),
    row(
      'processor time, kopf',
      's',
      of(({ kopf }) => kopf.all.cpuSeconds),
    ),
    row(
      'memory, operator',
      'MiB',
      of(({ operator }) => operator.all.rssMiB),
      { atMost: 250 },
    ),
    row(
      'memory, kopf',
      'MiB',
      of(({ kopf }) => kopf.all.rssMiB),
    ),
  ]
}

const latency = (rounds: LatencyRound[]): Row[] =>
  (['steady', 'burst'] as const).flatMap(mode => {
    const of = (pick: (round: LatencyRound['steady'] | LatencyRound['burst']) => number): number[] => rounds.map(round => pick(round[mode]))
    const pace = mode === 'steady' ? `${rounds[0]?.steady.perSecond} changes/s` : `burst of ${rounds[0]?.burst.first.changes}`
    return [
      row(
        `event → reconcile start (upper bound), p50, ${pace}`,
        'ms',
        of(({ first }) => first.p50),
      ),
      row(
        `event → reconcile start (upper bound), p99, ${pace}`,
        'ms',
        of(({ first }) => first.p99),
        mode === 'steady' ? { atMost: 100 } : undefined,
      ),
      row(
        `event → last write, p50, ${pace}`,
        'ms',
        of(({ last }) => last.p50),
      ),
      row(
        `event → last write, p99, ${pace}`,
        'ms',
        of(({ last }) => last.p99),
      ),
      row(
        `  of it delivery to a plain watch client, p99, ${pace}`,
        'ms',
        of(({ watch }) => watch.p99),
      ),
      row(
        `  of it waiting in the queue, p99 below, ${pace}`,
        'ms',
        of(({ queueBelow }) => queueBelow),
      ),
      row(
        `writes per change, ${pace}`,
        '',
        of(({ writesPerChange }) => writesPerChange),
      ),
    ]
  })

const coldstart = (rounds: ColdStartRound[]): Row[] => {
  const of = (pick: (round: ColdStartRound) => number): number[] => rounds.map(pick)
  return [
    row(
      'cold start → ready',
      's',
      of(({ readySeconds }) => readySeconds),
    ),
    row(
      'cold start → all objects looked at',
      's',
      of(({ syncedSeconds }) => syncedSeconds),
      { atMost: 20 },
    ),
    row(
      'cold start, writes',
      '',
      of(({ writes }) => writes),
      { atMost: 0 },
    ),
    row(
      'cold start, one changed object acted on',
      'ms',
      of(({ changeActedOnMs }) => changeActedOnMs),
      { atMost: 2000 },
    ),
    row(
      'cold start, one changed object done',
      'ms',
      of(({ changeDoneMs }) => changeDoneMs),
    ),
    row(
      'cold start, memory at its peak',
      'MiB',
      of(({ peakMiB }) => peakMiB),
      { atMost: 250 },
    ),
    row(
      'cold start, processor time',
      's',
      of(({ cpuSeconds }) => cpuSeconds),
    ),
  ]
}

const rest = (rounds: RestRound[]): Row[] => [
  row(
    `writes at rest in ${rounds[0]?.minutes} min`,
    '',
    rounds.map(({ writes }) => writes),
    { atMost: 0 },
  ),
  row(
    'memory at rest',
    'MiB',
    rounds.map(({ rssMiB }) => rssMiB),
    { atMost: 250 },
  ),
  row(
    'processor time at rest',
    's/min',
    rounds.map(({ cpuSecondsPerMinute }) => cpuSecondsPerMinute),
  ),
]

const soak = (rounds: SoakRound[]): Row[] => [
  row(
    `heap growth, minute ${Math.ceil((rounds[0]?.minutes ?? 0) / 3)} to ${rounds[0]?.minutes}`,
    'MiB',
    rounds.map(({ growthMiB }) => growthMiB),
    {
      atMost: 2,
    },
  ),
  row(
    'memory after it',
    'MiB',
    rounds.map(({ rssMiB }) => rssMiB),
    { atMost: 250 },
  ),
]

// What a part keeps is what its rows read; the file is written by nobody else.
const READERS = { throughput, latency, coldstart, rest, soak } as unknown as Record<PartName, (rounds: unknown[]) => Row[]>

/** Every part that was ever measured, each with where and when. */
export const table = (kept: Kept): string =>
  Object.entries(kept.parts)
    .map(([name, part]) => {
      const where = `${part.objects} objects, ${part.rounds.length} rounds, ${part.machine.cores} cores, commit ${part.commit.slice(0, 10)}${part.clean ? '' : ' with changes'}, ${part.date}`
      return [`\n${name}: ${where}`, ...READERS[name as PartName](part.rounds).map(lineOf)].join('\n')
    })
    .join('\n')

const lineOf = ({ figure, unit, values, target }: Row): string => {
  const told = summary(values)
  const judged = target ? `${wanted(target)}  ${verdict(told, target)}` : ''
  return `  ${figure.padEnd(64)} ${number(told.median).padStart(9)} ${unit.padEnd(6)} ${range(told).padEnd(24)} ${judged}`.trimEnd()
}

const wanted = ({ atLeast, atMost }: Target): string => (atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`).padEnd(7)

const range = ({ min, max, count }: Summary): string => (count < 2 ? '' : `(${number(min)} – ${number(max)})`)

const number = (value: number): string => (Number.isInteger(value) ? String(value) : value.toPrecision(Math.abs(value) >= 1000 ? 4 : 3))
