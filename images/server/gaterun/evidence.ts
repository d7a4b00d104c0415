// Everything that gates are judged by: each piece is found out once, when a gate first asks for it, and one that fails, fails for all.
import type { Manifest } from '../../../operator/api/bundle.ts'
import { bundleFile } from '../../../operator/api/contract.ts'
import type { TestRows } from '../../../operator/api/gate.ts'
import type { GateConfig } from '../../../operator/api/gatejob.ts'
import type { BundleFiles } from '../bundle/folder.ts'
import type { Answers } from '../gate/paired.ts'
import { filesOf, loadedFrom, manifestIn, outOfFoldIn, rowsIn, trainedIn } from './bundlefiles.ts'
import { measureLatency, requestsFor } from './latency.ts'
import { identityOf, type LockedRows } from './lockedrows.ts'
import { once } from './once.ts'
import type { OutOfFold } from './outoffold.ts'
import { openScorer, type Scorer } from './scoring.ts'
import { startTrial, type Trial } from './trialserver.ts'
import { asUnusable, Unusable } from './unusable.ts'

export type Side = 'challenger' | 'holder'

interface Reading {
  files: (side: Side) => BundleFiles
  manifest: (side: Side) => Manifest
  /** Short hashes of the rows that the version was trained on. */
  trained: (side: Side) => BigUint64Array
  /** What was answered to those rows by models that had not learned from them. */
  outOfFold: (side: Side) => OutOfFold
  /** The test rows of the challenger, on which both are judged. */
  rows: () => LockedRows
  /** Which rows they were, once a gate has asked for them. */
  rowsUsed: () => TestRows | undefined
}

interface Scoring {
  scorer: (side: Side) => Promise<Scorer>
  /** What the model answers here to the test rows. */
  answers: (side: Side) => Promise<Answers>
}

interface Serving {
  /** The real server with the challenger's bundle; a Refusal where it does not serve it. */
  trial: () => Promise<Trial>
  /** Milliseconds of single requests to it. */
  latencies: () => Promise<number[]>
}

export interface Evidence extends Reading, Scoring, Serving {
  /** Ends all threads and processes. */
  close: () => Promise<void>
}

export interface Means {
  /** The program of the server. */
  server: URL
  log: (line: string) => void
}

interface Stoppable {
  stop: () => Promise<unknown>
}

interface Setting extends Means {
  config: GateConfig
  /** Remembers what has to be ended. */
  started: <S extends Stoppable>(piece: Promise<S>) => Promise<S>
}

const OTHERS = { challenger: [bundleFile.predictions, bundleFile.trainedRows], holder: [bundleFile.trainedRows] } as const

/** What no gate asks for takes no memory. */
const othersOf = ({ gates }: GateConfig, side: Side): string[] => [
  ...OTHERS[side],
  ...(gates.some(gate => gate.outOfFold) ? [bundleFile.outOfFold] : []),
]

const bySide = <V>(make: (side: Side) => V): ((side: Side) => V) => {
  const of = { challenger: once(() => make('challenger')), holder: once(() => make('holder')) }
  return side => of[side]()
}

const asked = ({ stage, ...sides }: GateConfig, side: Side) => {
  const found = sides[side]
  if (found) return found
  throw new Unusable(`nobody holds ${stage}`)
}

const reading = ({ config, log }: Setting): Reading => {
  const files = bySide(side => {
    const found = filesOf(asked(config, side), othersOf(config, side))
    log(`${side} v${asked(config, side).version}: ${found.bytes} bytes with the digest that was asked for`)
    return found
  })
  const manifest = bySide(side => manifestIn(asked(config, side), files(side)))
  const trained = bySide(side => trainedIn(asked(config, side), files(side), manifest(side)))
  const outOfFold = bySide(side => outOfFoldIn(asked(config, side), files(side), { manifest: manifest(side), trained: trained(side) }))
  let used: LockedRows | undefined
  const rows = once(() => {
    used = rowsIn(config.challenger, files('challenger'), manifest('challenger'))
    return used
  })
  return { files, manifest, trained, outOfFold, rows, rowsUsed: () => used && identityOf(used) }
}

const scoring = ({ config, log, started }: Setting, { files, rows }: Reading): Scoring => {
  const scorer = bySide(async side => {
    const { version } = asked(config, side)
    const loaded = loadedFrom(asked(config, side), files(side))
    return started(openScorer(loaded)).catch((error: unknown) => {
      throw asUnusable(version, error)
    })
  })
  const answers = bySide(async side => {
    const { score } = await scorer(side)
    const began = performance.now()
    const found = await score(rows())
    log(`${side} v${asked(config, side).version}: ${rows().count} test rows answered in ${Math.round(performance.now() - began)} ms`)
    return found
  })
  return { scorer, answers }
}

const serving = ({ config, server, log, started }: Setting, { manifest }: Reading): Serving => {
  const { challenger, model, gates } = config
  const trial = once(() => started(startTrial({ script: server, bundle: challenger, model, version: challenger.version, log })))
  const quantiles = gates.filter(({ check }) => check === 'latency').map(({ quantile }) => quantile ?? 0.99)
  const latencies = once(async () => {
    const { connection } = await trial().catch((error: unknown) => {
      throw asUnusable(challenger.version, error)
    })
    return measureLatency(connection, manifest('challenger'), requestsFor(quantiles))
  })
  return { trial, latencies }
}

/** What never started has nothing to end. */
const ended = async (piece: Promise<Stoppable>) => {
  const live = await piece.catch(() => undefined)
  await live?.stop()
}

export const evidenceFor = (config: GateConfig, means: Means): Evidence => {
  const pieces: Promise<Stoppable>[] = []
  const started: Setting['started'] = piece => {
    pieces.push(piece)
    return piece
  }
  const setting: Setting = { ...means, config, started }
  const read = reading(setting)
  const close = async () => {
    await Promise.all(pieces.map(ended))
  }
  return { ...read, ...scoring(setting, read), ...serving(setting, read), close }
}
