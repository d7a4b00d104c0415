// Which effect each kind of action has.
import { answer } from './actions/answer.ts'
import { at } from './actions/at.ts'
import { coalesce } from './actions/coalesce.ts'
import { cut } from './actions/cut.ts'
import { delay } from './actions/delay.ts'
import { interfere } from './actions/interfere.ts'
import { replay } from './actions/replay.ts'
import { slow } from './actions/slow.ts'
import { stream } from './actions/stream.ts'
import type { Effect } from './effect.ts'
import type { Action } from './fault.ts'
import type { Gate } from './gate.ts'
import type { Lists } from './lists.ts'

/** What all exchanges of a proxy share. */
export interface Shared {
  gate: Gate
  lists: Lists
  random: () => number
}

export const effectOf = (action: Action, { gate, lists, random }: Shared): Effect => {
  switch (action.kind) {
    case 'at':
      return at(action, gate)
    case 'answer':
      return answer(action)
    case 'delay':
      return delay(action)
    case 'cut':
      return cut(action)
    case 'slow':
      return slow(action)
    case 'interfere':
      return interfere(action)
    case 'stream':
      return stream(action)
    case 'coalesce':
      return coalesce(action, random)
    case 'replay':
      return replay(lists)
  }
}
