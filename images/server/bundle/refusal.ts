// Why a bundle is not served: a reason out of the contract, and a sentence that names no path of the host.
import type { ServerHealth } from '../../../operator/api/bundle.ts'

export type RefusalReason = NonNullable<ServerHealth['reason']>

export class Refusal extends Error {
  readonly reason: RefusalReason

  constructor(reason: RefusalReason, message: string) {
    super(message)
    this.name = 'Refusal'
    this.reason = reason
  }
}
