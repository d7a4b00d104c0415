// Reads the moves of a model, and computes from them who held which stage at any moment that they reach back to.
import type { Model, Move } from '../api/model.ts'
import type { Cluster } from './cluster.ts'
import { ARCHIVED, NONE } from './ladder.ts'

export interface Ledger {
  /** The newest first. */
  moves: Move[]
  holders: Record<string, number>
  /** Whether the first move of all is among them. */
  isComplete: boolean
}

/** As many moves as Model.status keeps. */
const KEPT = 100

/** Everything that is kept about a model's moves. Where older moves are stored elsewhere, they are appended here. */
export const ledgerOf = async (_: Cluster, { status }: Model): Promise<Ledger> => ({
  moves: [...(status?.history ?? [])],
  holders: { ...status?.holders },
  isComplete: (status?.history?.length ?? 0) < KEPT,
})

export interface Holding {
  stage: string
  version: number
  /** The move with which it entered, if that one is kept. */
  entered?: Move
}

export interface Past {
  holdings: Holding[]
  /** Whether the kept moves reach back to the moment. */
  isKnown: boolean
}

/** Undoes, from the newest, every move that is younger than the moment. */
export const holdersAt = ({ moves, holders, isComplete }: Ledger, moment: Date): Past => {
  const younger = moves.findIndex(move => Date.parse(move.at) <= moment.getTime())
  const count = younger < 0 ? moves.length : younger
  const then = moves.slice(0, count).reduce(undone, holders)
  const entered = (stage: string, version: number) => moves.slice(count).find(move => move.to === stage && move.version === version)
  const holdings = Object.entries(then).map(([stage, version]) => {
    const move = entered(stage, version)
    return { stage, version, ...(move && { entered: move }) }
  })
  // Before the first move of all nobody held anything: a holder that is left over came by a move that is lost.
  return { holdings, isKnown: younger >= 0 || (isComplete && holdings.length === 0) }
}

const undone = (holders: Record<string, number>, { version, from, to }: Move): Record<string, number> => {
  const { [to]: now, ...rest } = holders
  const without = now === version ? rest : holders
  return from === NONE || from === ARCHIVED ? without : { ...without, [from]: version }
}
