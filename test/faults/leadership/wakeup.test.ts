import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'tidegate-wakeup-'))
const kubeconfig = join(folder, 'kubeconfig')
const asked: string[] = []
const server = createServer((request, response) => {
  asked.push(request.url ?? '')
  response.end('{}')
})

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const content = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'plain',
    clusters: [{ name: 'plain', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'nobody', user: {} }],
    contexts: [{ name: 'plain', context: { cluster: 'plain', user: 'nobody' } }],
  }
  writeFileSync(kubeconfig, JSON.stringify(content))
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

test('a call that waited for a connection while its process stood still is not sent when the connection becomes free at last', async () => {
  const script = fileURLToPath(new URL('twocalls.ts', import.meta.url))
  const child = spawn(process.execPath, [script, kubeconfig], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [one, other] = JSON.parse(await text(child.stdout)) as string[]
  expect(asked).toEqual(['/first'])
  expect([one, other]).toEqual(['200', 'fenced'])
}, 20_000)
