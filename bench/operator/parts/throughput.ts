// One round of what is compared: the operator, the bare loop, the peer in Python and the built-in controller, each on fresh ground, in turn.
import { type Contender, startTidegate } from '../contender.ts'
import { measureDeploymentController, type PeerFigures } from '../deploymentcontroller.ts'
import { type Ground, openGround } from '../ground.ts'
import { CONFIGURATIONS, type Configuration, startKopf } from '../kopf/kopfoperator.ts'
import { startBareLoop } from '../limit/bareloop.ts'
import { record } from '../limit/recording.ts'
import { type BatchFigures, runBatch } from '../measure/batch.ts'
import { servicesNamed } from '../objects.ts'
import { sameChildren } from './samechildren.ts'

interface ContenderFigures {
  hundred: BatchFigures
  all: BatchFigures
}

export interface ThroughputRound {
  /** Milliseconds from apply to the last child, of one service after the other. */
  singleMs: number[]
  operator: ContenderFigures
  limit: ContenderFigures
  kopf: ContenderFigures & { configuration: Configuration }
  /** The same, when it also keeps its children as they were made. */
  kopfFollowing: ContenderFigures
  /** Seconds for a fifth of the services, when the configuration was chosen. */
  choice: Record<Configuration, number>
  deploymentController: PeerFigures
}

export interface ThroughputSettings {
  objects: number
  /** From 0: who begins is another one in each round. */
  round: number
  /** What an earlier round has found out. */
  choice?: Record<Configuration, number>
  flags: string[]
  say: (line: string) => void
}

const WARM_UP = 20
const SINGLES = 10
const HUNDRED = 100
const SINGLE_QUIET_MS = 300

export const throughputRound = async (settings: ThroughputSettings): Promise<ThroughputRound> => {
  const { objects, round, flags, say } = settings
  const recording = await record()
  say(`one service is ${recording.requests.length} writes`)
  const choice = settings.choice ?? (await chooseConfiguration(Math.ceil(objects / 5)))
  const configuration = fastest(choice)
  const figures: Partial<ThroughputRound> = { choice }
  const turns = {
    operator: async (ground: Ground) => {
      Object.assign(figures, await measureOperator(ground, flags, objects))
    },
    limit: async (ground: Ground) => {
      figures.limit = await measure(ground, { start: () => startBareLoop(ground, recording), objects })
    },
    kopf: async (ground: Ground) => {
      const measured = await measure(ground, { start: () => startKopf(ground, { configuration, follows: false }), objects })
      await sameChildren(ground, recording)
      figures.kopf = { ...measured, configuration }
    },
    kopfFollowing: async (ground: Ground) => {
      figures.kopfFollowing = await measure(ground, { start: () => startKopf(ground, { configuration, follows: true }), objects })
    },
    deploymentController: async (ground: Ground) => {
      figures.deploymentController = await measureDeploymentController(ground, objects)
    },
  }
  for (const [name, turn] of rotated(Object.entries(turns), round)) {
    await onFreshGround(turn)
    say(`${name}: ${told(figures, name as keyof typeof turns)}`)
  }
  return figures as ThroughputRound
}

const rotated = <Item>(items: Item[], by: number): Item[] => [...items.slice(by % items.length), ...items.slice(0, by % items.length)]

const told = (
  figures: Partial<ThroughputRound>,
  name: 'operator' | 'limit' | 'kopf' | 'kopfFollowing' | 'deploymentController',
): string => {
  if (name === 'deploymentController') return `${figures.deploymentController?.msPerWrite.toFixed(2)} ms per write`
  const all = figures[name]?.all
  return `${all?.childrenSeconds.toFixed(1)} s, ${all?.writesPerSecond.toFixed(0)} writes/s, ${all?.cpuSeconds.toFixed(1)} s of processor`
}

const onFreshGround = async <Value>(work: (ground: Ground) => Promise<Value>): Promise<Value> => {
  const ground = await openGround()
  try {
    return await work(ground)
  } finally {
    await ground.close()
  }
}

const measureOperator = async (ground: Ground, flags: string[], objects: number) => {
  const singleMs: number[] = []
  const singles = async (contender: Contender) => {
    for (let at = 0; at < SINGLES; at++) {
      const services = servicesNamed(`one${at}`, 1)
      singleMs.push((await runBatch(ground, contender, { services, quietMs: SINGLE_QUIET_MS })).childrenSeconds * 1000)
    }
  }
  const operator = await measure(ground, { start: () => startTidegate(ground, { flags }), objects, singles })
  return { singleMs, operator }
}

interface Measurement {
  start: () => Promise<Contender>
  objects: number
  /** Between the batch that warms up and the batches that are compared. */
  singles?: (contender: Contender) => Promise<void>
}

const measure = async (ground: Ground, { start, objects, singles }: Measurement): Promise<ContenderFigures> => {
  const contender = await start()
  try {
    await runBatch(ground, contender, { services: servicesNamed('warm', WARM_UP) })
    await singles?.(contender)
    const hundred = await runBatch(ground, contender, { services: servicesNamed('hund', HUNDRED) })
    return { hundred, all: await runBatch(ground, contender, { services: servicesNamed('main', objects) }) }
  } finally {
    await contender.stop()
  }
}

const chooseConfiguration = async (services: number): Promise<Record<Configuration, number>> => {
  const seconds: Partial<Record<Configuration, number>> = {}
  for (const configuration of CONFIGURATIONS) {
    const { all } = await onFreshGround(ground =>
      measure(ground, { start: () => startKopf(ground, { configuration, follows: false }), objects: services }),
    )
    seconds[configuration] = all.childrenSeconds
  }
  return seconds as Record<Configuration, number>
}

const fastest = (choice: Record<Configuration, number>): Configuration =>
  CONFIGURATIONS.toSorted((a, b) => choice[a] - choice[b])[0] as Configuration
