// Measures how long the server takes for one row: one request after the other, over one connection, after some that do not count.
import type { Manifest } from '../../../operator/api/bundle.ts'
import { fewestFor } from '../gate/budget.ts'
import type { Connection } from './connection.ts'
import { goldenRows } from './golden.ts'
import { Unusable } from './unusable.ts'

const WARM_UP = 50
const FEWEST = 500
const MOST = 50_000
/** More than the fewest that can bound a quantile at all, so that a single slow request does not decide. */
const ROOM = 1.36
const TIME_MS = 120_000

export const requestsFor = (quantiles: readonly number[]) =>
  Math.min(MOST, Math.max(FEWEST, ...quantiles.map(quantile => Math.ceil(ROOM * fewestFor(quantile)))))

/** Fewer than asked for when time runs out: the judgement then says that more are needed. */
export const measureLatency = async (connection: Connection, manifest: Manifest, requests: number): Promise<number[]> => {
  const bodies = goldenRows(manifest).map(row => JSON.stringify({ features: row }))
  const ask = async (i: number) => {
    const { status, milliseconds, text } = await connection.post('/predict', bodies[i % bodies.length] as string)
    if (status !== 200) throw new Unusable(`while latency was measured, the server answered ${status}: ${text.slice(0, 200)}`)
    return milliseconds
  }
  const deadline = performance.now() + TIME_MS
  for (let i = 0; i < WARM_UP && performance.now() < deadline; i++) await ask(i)
  const found: number[] = []
  while (found.length < requests && performance.now() < deadline) found.push(await ask(found.length))
  return found
}
