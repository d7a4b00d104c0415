// Decides what a move is called: the last word of the type of its event.
import type { Move } from '../api/model.ts'
import { ARCHIVED, NONE } from '../plan/model/moves.ts'

export type What = 'promoted' | 'demoted' | 'rejected' | 'archived' | 'restored' | 'rolledback'

export const whatOf = ({ from, to, bypass, gateRun }: Move): What => {
  if (to === ARCHIVED) return 'archived'
  if (to === NONE) return from === NONE ? 'rejected' : 'demoted'
  if (from !== ARCHIVED) return 'promoted'
  // Of all ways back into a stage, only a rollback asks no gate and passes none over.
  return bypass || gateRun !== undefined ? 'restored' : 'rolledback'
}
