// Brings the changes of several streams into the order in which the API server made them: it counts them all in one row.

interface Waiting<Item> {
  at: number
  version: bigint
  item: Item
}

/** A change that came so much later than one made after it asks for this many times the patience. */
const MARGIN = 3
const LONGEST_HOLD_MS = 15_000

/** Holds each change back for so long that an earlier one, heard later on another stream, still comes before it; longer on a machine that is seen to be slow. */
export class ChangeOrder<Item> {
  holdMs: number
  #waiting: Waiting<Item>[] = []
  #last = 0n
  /** Changes that came too late to be put before others: what was judged meanwhile may be wrong. */
  late = 0

  constructor(holdMs: number) {
    this.holdMs = holdMs
  }

  /** When the one that waits longest came; never, when none waits. */
  get oldest(): number {
    return this.#waiting.reduce((oldest, { at }) => Math.min(oldest, at), Number.POSITIVE_INFINITY)
  }

  add(at: number, version: string, item: Item): void {
    this.#waiting.push({ at, version: BigInt(version), item })
  }

  /** To be told of every change that a stream brings: how far streams are apart. */
  measure(at: number, version: string): void {
    const made = BigInt(version)
    const overtaken = this.#waiting.filter(other => other.version > made).map(other => at - other.at)
    this.holdMs = Math.min(Math.max(this.holdMs, MARGIN * Math.max(0, ...overtaken)), LONGEST_HOLD_MS)
  }

  /** What may be judged now, in order. */
  *due(now: number): Generator<{ at: number; version: bigint; item: Item }> {
    this.#waiting.sort((a, b) => (a.version < b.version ? -1 : Number(a.version > b.version)))
    while (this.#waiting[0] && this.#waiting[0].at <= now - this.holdMs) {
      const { at, version, item } = this.#waiting.shift() as Waiting<Item>
      if (version < this.#last) this.late += 1
      else this.#last = version
      yield { at, version, item }
    }
  }
}
