// One HTTP server on one address; closing it ends every connection that is still open.
import { createServer, type RequestListener } from 'node:http'
import { promisify } from 'node:util'

export interface Listener {
  close: () => Promise<void>
}

export const listen = async (address: string, port: number, answer: RequestListener): Promise<Listener> => {
  const server = createServer(answer)
  // A client may leave in the middle of an answer that was made to be left.
  server.on('clientError', (_error, socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, address, resolve)
  })
  const closed = promisify(server.close.bind(server))
  return {
    async close() {
      const ending = closed()
      server.closeAllConnections()
      await ending
    },
  }
}
