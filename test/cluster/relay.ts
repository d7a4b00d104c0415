// A TCP relay that can be held: what is under way waits, connections stay open, and nobody is told.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

export interface Relay {
  port: number
  hold(): void
  release(): void
  close(): Promise<void>
}

/** Listens on the loopback and passes on to a port there. */
export const startRelay = async (to: number): Promise<Relay> => {
  const line = new Line(to)
  const listener = createServer({ pauseOnConnect: true, noDelay: true }, socket => line.take(socket))
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  return {
    port: (listener.address() as AddressInfo).port,
    hold: () => line.hold(),
    release: () => line.release(),
    close: () => close(listener, line),
  }
}

/** Owns the sockets on both sides. */
class Line {
  readonly #to: number
  readonly #sockets = new Set<Socket>()
  #held = false

  constructor(to: number) {
    this.#to = to
  }

  take(near: Socket): void {
    const far = connect({ port: this.#to, host: '127.0.0.1', noDelay: true })
    for (const [from, into] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from)
      from.on('data', bytes => void into.write(bytes))
      from.on('error', () => into.destroy())
      from.on('close', () => {
        this.#sockets.delete(from)
        into.destroy()
      })
      if (this.#held) from.pause()
      else from.resume()
    }
  }

  hold(): void {
    this.#held = true
    for (const socket of this.#sockets) socket.pause()
  }

  release(): void {
    this.#held = false
    for (const socket of this.#sockets) socket.resume()
  }

  end(): void {
    for (const socket of this.#sockets) socket.destroy()
  }
}

const close = async (listener: Server, line: Line): Promise<void> => {
  if (!listener.listening) return
  const closed = once(listener, 'close')
  listener.close()
  line.end()
  await closed
}
