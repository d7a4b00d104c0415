// What an action does at the moments of one exchange.
import type { Exchange } from './exchange.ts'
import type { Outlet } from './outlet.ts'

export interface Effect {
  /** Nothing was forwarded yet. */
  before?(exchange: Exchange): Promise<void> | void
  /** The API server has answered; nothing was told yet. */
  committed?(exchange: Exchange): Promise<void> | void
  /** Stands between the answer and the client. */
  through?(outlet: Outlet, exchange: Exchange): Outlet
  /** All was told. */
  answered?(exchange: Exchange): Promise<void> | void
  /** Called once at the end, however it came. */
  done?(): void
}
