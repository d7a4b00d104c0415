import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { InferenceService } from '../../../operator/api/inferenceservice.ts'
import { inferenceServices } from '../../../operator/controllers/resources.ts'
import { claim, nowhere, openModel, service, version } from '../../e2e/handmade.ts'
import { until } from '../../e2e/until.ts'
import { testClient } from '../../integration/runtime/operate.ts'
import { type OperatorProcess, startOperator } from '../operator/operatorprocess.ts'
import { type Installation, install } from './installation.ts'
import { misbehaviours } from './serverbehaviours.ts'

const NEIGHBOURS = 60
const LONGEST_MS = 500

let place: Installation
let operator: OperatorProcess
let client: ReturnType<typeof testClient>

beforeAll(async () => {
  place = await install({ rules: [{ on: { name: /^hanging/ }, server: misbehaviours['health hangs'] }] })
  client = testClient(place.plane)
  operator = await startOperator({ kubeconfig: place.plane.kubeconfig })
  await operator.ready()
}, 900_000)

afterAll(async () => {
  await client?.close()
  await operator?.stop()
  await place?.stop()
})

const GOOD = { namespace: 'default', name: 'good' }

const read = async () => (await client.get(inferenceServices, GOOD)) as unknown as InferenceService

/** Milliseconds from a change of the service that behaves to the status that has seen it, the shortest first. */
const latencies = async (changes: number): Promise<number[]> => {
  const seen: number[] = []
  for (let change = 0; change < changes; change++) {
    const began = performance.now()
    const { metadata } = await client.merge(inferenceServices, GOOD, { spec: { autoscaling: { cpu: 50 + ((seen.length + 1) % 40) } } })
    const isSeen = ({ status }: InferenceService) => status?.observedGeneration === (metadata.generation ?? 0)
    await until(read, isSeen, { within: 30, what: 'the change is seen', pause: 10 })
    seen.push(performance.now() - began)
    await sleep(100)
  }
  return seen.toSorted((a, b) => a - b)
}

const told = (times: number[]): string => `p50 ${times[times.length >> 1]?.toFixed(0)} ms, longest ${times.at(-1)?.toFixed(0)} ms`

describe('a service beside others whose servers hang', { timeout: 240_000 }, () => {
  it('is looked after as quickly as alone', async () => {
    const kubectl = place.kubectl('default')
    await kubectl.apply({
      apiVersion: 'v1',
      kind: 'List',
      items: [claim('bundles'), openModel('iris'), version('iris', 1, nowhere('bundles')), service('good', 'iris')],
    })
    const isReady = ({ status }: InferenceService) =>
      status?.conditions?.some(each => each.type === 'Ready' && each.status === 'True') ?? false
    await until(read, isReady, { within: 20, what: 'the service is ready' })
    console.log(`▸ alone: ${told(await latencies(10))}`)

    const items = Array.from({ length: NEIGHBOURS }, (_, index) => service(`hanging-${index}`, 'iris'))
    await kubectl.apply({ apiVersion: 'v1', kind: 'List', items })
    const isRunning = () =>
      place.node.pods().filter(({ metadata, status }) => metadata.name.startsWith('hanging') && status?.phase === 'Running')
    await until(isRunning, pods => pods.length === NEIGHBOURS, { within: 60, what: 'the servers run' })
    await sleep(3000)
    const beside = await latencies(10)
    console.log(`▸ beside ${NEIGHBOURS} that hang: ${told(beside)}`)
    expect(beside.at(-1)).toBeLessThan(LONGEST_MS)
  })
})
