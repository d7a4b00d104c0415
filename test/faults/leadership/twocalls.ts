// A client that stands still, as a frozen process does, while its second call waits for the connection of the first. Argument: kubeconfig.
import { systemClock } from '../../../operator/runtime/clock.ts'
import { Connection } from '../../../operator/runtime/connection.ts'
import { causeOf } from '../../../operator/runtime/errors.ts'
import { loadFrom } from '../../integration/runtime/operate.ts'

const ALLOWED_MS = 1000
const FROZEN_MS = 1500

const [, , kubeconfig = ''] = process.argv
const connection = new Connection({ load: loadFrom(kubeconfig), clock: systemClock, callConnections: 1 })
const until = performance.now() + ALLOWED_MS

const fence = (): number => {
  const left = until - performance.now()
  if (left <= 0) throw new Error('fenced')
  return left
}

const standStill = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FROZEN_MS)

const call = async (path: string, then = () => undefined as unknown): Promise<string> => {
  try {
    const { status, body } = await connection.call({ method: 'POST', path, body: '{}' }, fence)
    then()
    await body.dump()
    return String(status)
  } catch (error) {
    return causeOf(error)
  }
}

console.log(JSON.stringify(await Promise.all([call('/first', standStill), call('/second')])))
await connection.close()
