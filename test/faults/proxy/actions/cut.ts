// Ends the connection, or says nothing on it any more.
import type { Effect } from '../effect.ts'
import type { Exchange } from '../exchange.ts'
import type { CutAction } from '../fault.ts'

export const cut = ({ moment, how }: CutAction): Effect => ({ [moment]: (exchange: Exchange) => exchange.cut(how) })
