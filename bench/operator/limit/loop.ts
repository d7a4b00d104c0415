// The bare loop, as a process of its own: no cache, no plan, no controller; it sends what it was given, over the operator's own HTTP client.
import { systemClock } from '../../../operator/runtime/clock.ts'
import { type Call, Connection } from '../../../operator/runtime/connection.ts'
import { loadFrom } from '../kubeconfig.ts'
import { exchanged, versioned, versionIn } from './exchange.ts'
import type { Identity, Recording } from './recording.ts'

const connection = new Connection({ load: loadFrom(process.env['KUBECONFIG'] ?? ''), clock: systemClock, userAgent: 'bare-loop' })
const waiting: Identity[] = []
const idle: ((service: Identity) => void)[] = []
let recording: Recording | undefined

const next = (): Promise<Identity> => {
  const service = waiting.shift()
  return service ? Promise.resolve(service) : new Promise(resolve => idle.push(resolve))
}

const send = async (service: Identity): Promise<void> => {
  let { resourceVersion } = service
  for (const { method, path, contentType, body } of exchanged(recording as Recording, service)) {
    const call = { method: method as Call['method'], path, contentType, body: versioned(body, resourceVersion) }
    const answer = await connection.call(call)
    const text = await answer.body.text()
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 300)}`)
    if (method === 'PUT') resourceVersion = versionIn(text) ?? resourceVersion
  }
}

const work = async (): Promise<never> => {
  for (;;) await send(await next())
}

process.on('message', (message: Recording | Identity) => {
  if ('requests' in message) {
    recording = message
    // Each service's writes come one after the other, as the operator's do.
    for (let worker = 0; worker < message.concurrency; worker++) void work()
    return
  }
  const taker = idle.shift()
  if (taker) taker(message)
  else waiting.push(message)
})
process.on('disconnect', () => process.exit(0))
