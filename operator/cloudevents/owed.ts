// Which moves are still to be told: those of the ledger behind the ones that the sink took, the oldest first.
import type { Model, Move } from '../api/model.ts'
import { countOf, linkName, MOVES_A_LINK, movesOf } from '../plan/model/ledger.ts'
import { registryOf } from '../plan/model/registry.ts'
import type { KubeObject } from '../runtime/shape.ts'

/** A Model as it was seen last, and the ConfigMaps with its older moves. */
export interface View {
  model: Model
  links: readonly KubeObject[]
}

/** `number` is its place in the ledger: the first move of a Model is 1. */
interface OwedMove {
  number: number
  move: Move
}

/** Moves that the ledger should hold and does not. */
interface LostMoves {
  number: number
  upTo: number
  lost: string
}

export type Owed = OwedMove | LostMoves

/** How many moves the Model has made. */
export const countIn = ({ model }: View): number => countOf(registryOf(model.status))

/** All behind the first `told`. Each link is read when it is its turn. */
export function* owed({ model, links }: View, told: number): Generator<Owed> {
  const { history, ledger } = registryOf(model.status)
  let number = told + 1
  for (let link = Math.ceil(number / MOVES_A_LINK); link <= (ledger?.links ?? 0); link++) {
    const name = linkName(model, link)
    const moves = movesOf(links.find(({ metadata }) => metadata.name === name))
    const upTo = link * MOVES_A_LINK
    if (moves?.length === MOVES_A_LINK) for (const move of moves.slice(number - 1 - upTo)) yield { number: number++, move }
    else yield { number, upTo, lost: `ConfigMap ${name}, which holds the moves up to number ${upTo}, is missing or was changed` }
    number = upTo + 1
  }
  const older = countOf({ history: [], ...(ledger && { ledger }) })
  for (const move of history.toReversed().slice(number - 1 - older)) yield { number: number++, move }
}
