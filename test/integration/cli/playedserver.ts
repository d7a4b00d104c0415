// In place of a model server: takes one row, refuses every other, and remembers what it was sent.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const row = '{"features":[5.1,"basic",null]}'
const reply = { prediction: 'stays', confidence_scores: { goes: 0.25, stays: 0.75 }, model_name: 'churn', model_version: '5' }

export const playedServer = async (): Promise<{ url: string; seen: string[]; close: () => void }> => {
  const seen: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', chunk => (body += chunk))
    request.on('end', () => {
      seen.push(`${request.method} ${request.url} ${body}`)
      response.writeHead(body === row ? 200 : 400, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body === row ? reply : { error: 'plan is missing' }))
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, seen, close: () => server.close() }
}
