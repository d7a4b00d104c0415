// Which figures a table shows, where each is read from, and what it should be.
import type { Target } from './figures.ts'
import type { PartName } from './options.ts'
import type { ColdStartRound } from './parts/coldstart.ts'
import type { RestRound, SoakRound } from './parts/endurance.ts'
import type { LatencyRound } from './parts/latency.ts'
import type { ThroughputRound } from './parts/throughput.ts'

/** Name, unit, where it is read in a round, and the target if there is one. */
export type Row<Round> = readonly [figure: string, unit: string, read: (round: Round) => number | number[], target?: Target]

const MEMORY = { atMost: 250 }
const NONE = { atMost: 0 }
/** Rounds that a comparison needs. */
const RATIOS = 5

const followed = ({ kopfFollowing, operator }: ThroughputRound): number => kopfFollowing.all.childrenSeconds / operator.all.childrenSeconds

const throughput: Row<ThroughputRound>[] = [
  ['apply → all children, 1 service', 'ms', round => round.singleMs],
  ['apply → all children, 100 services', 's', round => round.operator.hundred.childrenSeconds],
  ['apply → all children, all services', 's', round => round.operator.all.childrenSeconds],
  ['children, all services', '/s', round => round.operator.all.childrenPerSecond],
  ['writes, all services', '/s', round => round.operator.all.writesPerSecond],
  ['writes of the bare loop', '/s', round => round.limit.all.writesPerSecond],
  [
    'operator / bare loop, writes',
    '',
    round => round.operator.all.writesPerSecond / round.limit.all.writesPerSecond,
    { atLeast: 0.7, values: RATIOS },
  ],
  ['apply → all children, kopf at its best', 's', round => round.kopf.all.childrenSeconds],
  [
    'operator / kopf, speed',
    '',
    round => round.kopf.all.childrenSeconds / round.operator.all.childrenSeconds,
    { atLeast: 3, values: RATIOS },
  ],
  ['apply → all children, kopf that follows its children', 's', round => round.kopfFollowing.all.childrenSeconds],
  ['operator / kopf that follows its children, speed', '', followed],
  ['bare loop / kopf, speed', '', round => round.kopf.all.childrenSeconds / round.limit.all.childrenSeconds],
  ['time per write, operator', 'ms', round => 1000 / round.operator.all.writesPerSecond],
  ['time per write, Deployment controller', 'ms', round => round.deploymentController.msPerWrite],
  ['writes per service, operator', '', round => round.operator.all.writesPerService],
  ['writes per service, kopf', '', round => round.kopf.all.writesPerService],
  ['writes refused, operator', '', round => round.operator.all.refused, NONE],
  ['processor time, operator', 's', round => round.operator.all.cpuSeconds],
  ['processor time, bare loop', 's', round => round.limit.all.cpuSeconds],
  ['processor time, kopf', 's', round => round.kopf.all.cpuSeconds],
  ['processor time, kopf that follows its children', 's', round => round.kopfFollowing.all.cpuSeconds],
  ['processor time of the API server and etcd, operator', 's', round => round.operator.all.serverCpuSeconds],
  ['processor time of the API server and etcd, bare loop', 's', round => round.limit.all.serverCpuSeconds],
  ['processor time of the API server and etcd, kopf', 's', round => round.kopf.all.serverCpuSeconds],
  ['memory, operator', 'MiB', round => round.operator.all.rssMiB, MEMORY],
  ['memory, kopf', 'MiB', round => round.kopf.all.rssMiB],
]

type Reaction = LatencyRound['steady'] | LatencyRound['burst']

const reaction = (pace: string, of: (round: LatencyRound) => Reaction, target?: Target): Row<LatencyRound>[] => [
  [`${pace}: event → reconcile start, upper bound, p50`, 'ms', round => of(round).first.p50],
  [`${pace}: event → reconcile start, upper bound, p99`, 'ms', round => of(round).first.p99, target],
  [`${pace}: event → last write, p50`, 'ms', round => of(round).last.p50],
  [`${pace}: event → last write, p99`, 'ms', round => of(round).last.p99],
  [`${pace}: delivery to a plain watch client, p99`, 'ms', round => of(round).watch.p99],
  [`${pace}: waiting in the queue, p99 below`, 'ms', round => of(round).queueBelow],
  [`${pace}: writes per change`, '', round => of(round).writesPerChange],
]

const latency: Row<LatencyRound>[] = [
  ...reaction('5 changes/s', round => round.steady, { atMost: 100 }),
  ...reaction('burst of 200', round => round.burst),
]

const coldstart: Row<ColdStartRound>[] = [
  ['cold start → ready', 's', round => round.readySeconds],
  ['cold start → all objects looked at', 's', round => round.syncedSeconds, { atMost: 20 }],
  ['cold start, writes', '', round => round.writes, NONE],
  ['cold start, one changed object acted on', 'ms', round => round.changeActedOnMs, { atMost: 2000 }],
  ['cold start, one changed object done', 'ms', round => round.changeDoneMs],
  ['cold start, memory at its peak', 'MiB', round => round.peakMiB, MEMORY],
  ['cold start, processor time', 's', round => round.cpuSeconds],
]

const rest: Row<RestRound>[] = [
  ['at rest, minutes', '', round => round.minutes],
  ['at rest, writes', '', round => round.writes, NONE],
  ['at rest, memory', 'MiB', round => round.rssMiB, MEMORY],
  ['at rest, processor time', 's/min', round => round.cpuSecondsPerMinute],
]

const soak: Row<SoakRound>[] = [
  ['5 changes/s, minutes', '', round => round.minutes],
  ['growth of the heap, from a third of it on', 'MiB', round => round.growthMiB, { atMost: 2 }],
  ['memory after it', 'MiB', round => round.rssMiB, MEMORY],
]

// What a part keeps is what its rows read: the file of figures is written by nobody else.
export const ROWS = { throughput, latency, coldstart, rest, soak } as unknown as Record<PartName, Row<unknown>[]>
