// Reads the older moves of a model back, and tells whether the chain that holds them is whole.
import type { Model, Move } from '../api/model.ts'
import { dataOf, linkName, movesOf } from '../plan/model/ledger.ts'
import type { KubeObject } from '../runtime/shape.ts'

/** All older moves, the oldest first, or the first link that is missing or was changed. */
export const readLedger = (model: Model, found: readonly KubeObject[]): { moves: Move[] } | { broken: string } => {
  const moves: Move[] = []
  const { links = 0, hash = '' } = model.status?.ledger ?? {}
  let previous = ''
  for (let number = 1; number <= links; number++) {
    const name = linkName(model, number)
    const link = found.find(({ metadata }) => metadata.name === name)
    const data = dataOf(link)
    if (!data) return { broken: `ConfigMap ${name} is missing, link ${number} of ${links}` }
    const read = movesOf(link)
    if (!read || data['previous'] !== previous)
      return { broken: `ConfigMap ${name} was changed: its hash does not fit its moves and those before it` }
    previous = data['hash'] ?? ''
    moves.push(...read)
  }
  return previous === hash ? { moves } : { broken: `the last link has hash ${previous}, and the Model says ${hash}` }
}
