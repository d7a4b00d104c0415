// Brings the changes of several streams into the order in which the API server made them: it counts them all in one row.

interface Waiting<Item> {
  at: number
  version: bigint
  item: Item
}

/** Holds each change back for so long that an earlier one, heard later on another stream, still comes before it. */
export class ChangeOrder<Item> {
  readonly #holdMs: number
  #waiting: Waiting<Item>[] = []
  #last = 0n
  /** Changes that came too late to be put before others. */
  late = 0

  constructor(holdMs: number) {
    this.#holdMs = holdMs
  }

  get size(): number {
    return this.#waiting.length
  }

  add(at: number, version: string, item: Item): void {
    this.#waiting.push({ at, version: BigInt(version), item })
  }

  /** What may be judged now, in order. */
  *due(now: number): Generator<{ at: number; version: bigint; item: Item }> {
    this.#waiting.sort((a, b) => (a.version < b.version ? -1 : Number(a.version > b.version)))
    while (this.#waiting[0] && this.#waiting[0].at <= now - this.#holdMs) {
      const { at, version, item } = this.#waiting.shift() as Waiting<Item>
      if (version < this.#last) this.late += 1
      else this.#last = version
      yield { at, version, item }
    }
  }
}
