// Reads the moves of a model, and computes from them who held which stage at any moment that they reach back to.

import { label } from '../api/contract.ts'
import type { Model, Move } from '../api/model.ts'
import { configMaps } from '../controllers/resources.ts'
import { ARCHIVED, NONE } from '../plan/model/moves.ts'
import type { KubeObject } from '../runtime/shape.ts'
import type { Cluster } from './cluster.ts'
import { Failure } from './failure.ts'
import { readLedger } from './ledger.ts'

export interface Ledger {
  /** The newest first. */
  moves: Move[]
  holders: Record<string, number>
  /** Whether the first move of all is among them. */
  isComplete: boolean
}

/** Every move of a model since it was created. A chain that was tampered with is told, and nothing is read from it. */
export const ledgerOf = async (cluster: Cluster, model: Model): Promise<Ledger> => {
  const older = model.status?.ledger ? readLedger(model, await linksOf(cluster, model)) : { moves: [] }
  if ('broken' in older) throw new Failure(`the history of ${model.metadata.name} cannot be trusted: ${older.broken}`)
  return {
    moves: [...(model.status?.history ?? []), ...older.moves.toReversed()],
    holders: { ...model.status?.holders },
    isComplete: true,
  }
}

const linksOf = async ({ client, namespace }: Cluster, { metadata }: Model): Promise<KubeObject[]> => {
  const { items } = await client.list(configMaps, { namespace, labelSelector: `${label.ledger}=${metadata.name}` })
  return items
}

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
