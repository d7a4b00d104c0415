// Lets somebody else write first, for a conflict that the API server itself finds.
import type { Effect } from '../effect.ts'
import type { InterfereAction } from '../fault.ts'

export const interfere = ({ write }: InterfereAction): Effect => ({ before: exchange => write(exchange.record) })
