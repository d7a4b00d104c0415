// Knows the sockets of the proxy's clients below TLS, where they can be cut without a word.
import type { Server } from 'node:https'
import type { Socket } from 'node:net'

/** What Node keeps of a socket and tells nobody. */
interface Inside {
  resetAndClosing: boolean
  _handle?: { close(): void } | null
}

/** Cuts a connection with an RST and no FIN before it: `resetAndDestroy` waits until all was sent, for ever when nobody reads. */
export const reset = (socket: Socket): void => {
  const inside = socket as Socket & Inside
  const { _handle: handle } = inside
  if (socket.destroyed || !handle) return
  // An RST fails when the other end was faster, and Node then forgets the socket without closing it.
  socket.on('error', ({ syscall }: NodeJS.ErrnoException) => {
    if (syscall !== 'reset') return
    handle.close()
    socket.emit('close', true)
  })
  inside.resetAndClosing = true
  socket.destroy()
}

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
    const sockets = [...this.#open.values()].filter(({ destroyed }) => !destroyed)
    const closed = sockets.map(socket => new Promise<void>(resolve => socket.once('close', () => resolve())))
    for (const socket of sockets) reset(socket)
    await Promise.all(closed)
  }
}
