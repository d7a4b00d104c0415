// Decides what the process says of itself: alive, ready, and in numbers.
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface HealthOptions {
  port: number
  host?: string
  /** Reasons why a restart would help; none means alive. */
  sick: () => string[]
  /** Reasons why there is no use in waiting on this process yet; none means ready. */
  unready: () => string[]
  /** The metrics page and its content type. */
  metrics: { contentType: string; metrics(): Promise<string> }
}

export interface Health {
  port: number
  close(): Promise<void>
}

const answer = (response: ServerResponse, reasons: string[]): void => {
  response.writeHead(reasons.length === 0 ? 200 : 503, { 'content-type': 'text/plain; charset=utf-8' })
  response.end(reasons.length === 0 ? 'ok\n' : `${reasons.join('\n')}\n`)
}

export const startHealth = async (options: HealthOptions): Promise<Health> => {
  const { metrics } = options
  const pages: Record<string, (response: ServerResponse) => unknown> = {
    '/livez': response => answer(response, options.sick()),
    '/readyz': response => answer(response, options.unready()),
    '/metrics': async response => {
      const page = await metrics.metrics()
      response.writeHead(200, { 'content-type': metrics.contentType }).end(page)
    },
  }
  const server = createServer({ requestTimeout: 5000 }, (request, response) => {
    const page = pages[request.url?.split('?')[0] ?? '']
    if (page && request.method === 'GET') Promise.resolve(page(response)).catch(() => response.destroy())
    else response.writeHead(404).end()
  })
  await listening(server, options)
  return { port: (server.address() as AddressInfo).port, close: () => closed(server) }
}

const listening = (server: Server, { port, host = '0.0.0.0' }: HealthOptions): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })

const closed = (server: Server): Promise<void> =>
  new Promise(resolve => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
