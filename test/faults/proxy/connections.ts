// Knows the sockets of the proxy's clients below TLS, where they can be cut without a word.
import { once } from 'node:events'
import type { Server } from 'node:https'
import type { Socket } from 'node:net'

export class Connections {
  readonly #open = new Map<number, Socket>()
  #opened = 0

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      const { remotePort } = socket
      // Gone before it was taken.
      if (remotePort === undefined) return
      this.#opened += 1
      this.#open.set(remotePort, socket)
      socket.on('error', () => undefined)
      socket.once('close', () => {
        if (this.#open.get(remotePort) === socket) this.#open.delete(remotePort)
      })
    })
  }

  /** Open now. */
  get count(): number {
    return this.#open.size
  }

  /** Opened so far. */
  get opened(): number {
    return this.#opened
  }

  /** The socket that carries a request; on the loopback a port names one client's end. */
  of(remotePort: number | undefined): Socket | undefined {
    return remotePort === undefined ? undefined : this.#open.get(remotePort)
  }

  /** Resolves when all are closed. */
  async resetAll(): Promise<void> {
    const sockets = [...this.#open.values()]
    const closed = sockets.map(socket => once(socket, 'close'))
    for (const socket of sockets) socket.resetAndDestroy()
    await Promise.all(closed)
  }
}
