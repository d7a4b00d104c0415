// Lets time pass before a request is forwarded, or before its answer is told.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Effect } from '../effect.ts'
import type { Exchange } from '../exchange.ts'
import type { DelayAction } from '../fault.ts'

export const delay = ({ milliseconds, moment }: DelayAction): Effect => {
  // Nobody waits for somebody who left.
  const wait = ({ over }: Exchange) => sleep(milliseconds, undefined, { signal: over }).catch(() => undefined)
  return { [moment]: wait }
}
