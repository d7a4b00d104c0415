// Holds everything back while a client is being killed, so that nothing it sent with its last breath is done.
import { setTimeout as sleep } from 'node:timers/promises'

/** A client that is dead by now is known to be gone afterwards. */
export const notice = (): Promise<void> => sleep(20)

export class Gate {
  readonly #shut = new Set<Promise<void>>()

  /** The answer opens it again. */
  shut(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#shut.add(promise)
    return () => {
      this.#shut.delete(promise)
      resolve()
    }
  }

  /** Resolves at once when nothing is being killed. */
  async passed(): Promise<void> {
    while (this.#shut.size > 0) {
      await Promise.all(this.#shut)
      await notice()
    }
  }
}
