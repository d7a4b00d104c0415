// Remembers what was listed, so that it can be told again when it is no longer true.
import type { RequestRecord } from './requestrecord.ts'

export class Lists {
  readonly #byPath = new Map<string, Buffer>()

  /** The first list of an address is kept; later pages of a list are found through their first. */
  see({ path, status }: RequestRecord, body: Buffer): void {
    if (status === 200 && !this.#byPath.has(path) && !path.includes('continue=')) this.#byPath.set(path, body)
  }

  get(path: string): Buffer | undefined {
    return this.#byPath.get(path)
  }

  /** Reads every known list again and remembers what it says now. */
  async renew(read: (path: string) => Promise<Buffer>): Promise<void> {
    for (const path of this.#byPath.keys()) this.#byPath.set(path, await read(path))
  }
}
