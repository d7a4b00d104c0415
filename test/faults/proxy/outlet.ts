// Where the bytes of an answer go on their way to the client; faults stand between two of these.

export interface Outlet {
  write(bytes: Buffer): void
  /** The answer is complete. */
  end(): void
}

/** Gives whole lines to `take`, each with its line feed, wherever the network cut them; the answer is what to feed it with. */
export const byLine = (take: (line: Buffer) => void): ((bytes: Buffer) => void) => {
  let rest: Buffer = Buffer.alloc(0)
  return bytes => {
    let from = 0
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, from)) {
      take(Buffer.concat([rest, bytes.subarray(from, at + 1)]))
      rest = Buffer.alloc(0)
      from = at + 1
    }
    rest = Buffer.concat([rest, bytes.subarray(from)])
  }
}

export interface Pace {
  /** Size of a piece. */
  bytes: number
  /** Pieces at a time. */
  pieces?: number
  everyMilliseconds: number
  /** Nobody listens any more when it aborts. */
  signal: AbortSignal
}

/** Lets the answer through in small pieces, so many at a time. */
export const paced = (outlet: Outlet, { bytes, pieces = 1, everyMilliseconds, signal }: Pace): Outlet => {
  const waiting: Buffer[] = []
  let ended = false
  const tick = (): void => {
    for (let piece = 0; piece < pieces; piece++) {
      const head = waiting.shift()
      if (head === undefined) break
      outlet.write(head.subarray(0, bytes))
      if (head.length > bytes) waiting.unshift(head.subarray(bytes))
    }
    if (!ended || waiting.length > 0) return
    clearInterval(timer)
    outlet.end()
  }
  const timer = setInterval(tick, everyMilliseconds)
  signal.addEventListener('abort', () => clearInterval(timer), { once: true })
  return {
    write: piece => void waiting.push(piece),
    end() {
      ended = true
    },
  }
}
