// Calls the test at one moment of a request, such as to kill the client there.
import type { Effect } from '../effect.ts'
import type { Exchange } from '../exchange.ts'
import type { AtAction } from '../fault.ts'
import type { Gate } from '../gate.ts'

export const at = ({ moment, run, cut = false }: AtAction, gate: Gate): Effect => {
  let open = (): void => undefined
  const shut = (): void => {
    if (cut) open = gate.shut()
  }
  const act = async (exchange: Exchange): Promise<void> => {
    try {
      await run(exchange.record)
    } finally {
      // Whoever was answered must be able to read the answer; an RST could take it away.
      if (cut) exchange.cut(moment === 'answered' ? 'close' : 'reset')
    }
  }
  const actNow = (exchange: Exchange): Promise<void> => {
    shut()
    return act(exchange)
  }
  const done = (): void => open()
  if (moment === 'before') return { before: actNow, done }
  if (moment === 'committed') return { committed: actNow, done }
  // Shut before the answer leaves: what the client does next must wait already.
  const through: Effect['through'] = outlet => {
    shut()
    return outlet
  }
  return { through, answered: act, done }
}
