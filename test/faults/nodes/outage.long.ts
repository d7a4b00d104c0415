import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../../e2e/until.ts'
import type { Kubectl } from '../../install/kubectl.ts'
import { type Installation, install } from './installation.ts'
import { type SimulatedNode, startNode } from './simulatednode.ts'

let place: Installation
let kubectl: Kubectl

beforeAll(async () => {
  place = await install()
  await place.kubectl()('create', 'namespace', 'outage')
  kubectl = place.kubectl('outage')
}, 900_000)

afterAll(() => place?.stop())

const deployment = (name: string, replicas: number, labels: Record<string, string> = { app: name }) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'server', image: 'any' }] } },
  },
})

const untilReplicas = (name: string, ready: number) =>
  until(
    () => kubectl.json<{ status: { readyReplicas?: number } }>('get', `deployment/${name}`),
    ({ status }) => (status.readyReplicas ?? 0) === ready,
    { within: 40, what: `${ready} pods of ${name} are ready`, pause: 50 },
  )

interface Pods {
  items: { metadata: { name: string; uid: string }; status: { podIP: string; containerStatuses: { restartCount: number }[] } }[]
}
const podsOf = async (name: string) => (await kubectl.json<Pods>('get', 'pods', '--selector', `app=${name}`)).items

describe('the simulated node', { timeout: 120_000 }, () => {
  it('gives every pod an address of its own that answers', async () => {
    const began = performance.now()
    await kubectl.apply(deployment('many', 40))
    await untilReplicas('many', 40)
    console.log(`40 pods ready: ${((performance.now() - began) / 1000).toFixed(1)} s`)
    const addresses = (await podsOf('many')).map(({ status }) => status.podIP)
    expect(new Set(addresses).size).toBe(40)
    const answers = await Promise.all(addresses.map(address => fetch(`http://${address}:8000/readyz`)))
    expect(answers.map(({ status }) => status)).toEqual(addresses.map(() => 200))
    await kubectl('delete', 'deployment', 'many')
    await until(
      () => place.node.pods().length,
      left => left === 0,
      { within: 20, what: 'the pods are gone', pause: 50 },
    )
    await expect(fetch(`http://${addresses[0]}:8000/readyz`)).rejects.toThrow('fetch failed')
  })

  it('tells what happened while the API server was away', async () => {
    await kubectl.apply(deployment('steady', 2))
    await untilReplicas('steady', 2)
    const before = await podsOf('steady')
    await place.plane.stopPart('kube-apiserver')
    const undo = place.node.act({ on: { name: before[0]?.metadata.name ?? '' }, server: { ready: false } })
    await sleep(1000)
    const answer = await fetch(`http://${before[1]?.status.podIP}:8000/readyz`)
    expect(answer.status).toBe(200)
    await place.plane.startPart('kube-apiserver')
    await untilReplicas('steady', 1)
    undo()
    await untilReplicas('steady', 2)
    expect((await podsOf('steady')).map(({ metadata }) => metadata.uid).toSorted()).toEqual(
      before.map(({ metadata }) => metadata.uid).toSorted(),
    )
  })

  it('starts the containers of its pods again when it comes back', async () => {
    const other = { namespaces: ['elsewhere'], name: 'second', plane: place.plane }
    await place.kubectl()('create', 'namespace', 'elsewhere')
    kubectl = place.kubectl('elsewhere')
    await place.node.stop()
    let second: SimulatedNode = await startNode(other)
    await kubectl.apply(deployment('back', 1))
    await untilReplicas('back', 1)
    const [before] = await podsOf('back')
    await second.stop()
    await expect(fetch(`http://${before?.status.podIP}:8000/readyz`)).rejects.toThrow('fetch failed')
    second = await startNode(other)
    const [after] = await until(
      () => podsOf('back'),
      ([pod]) => pod?.status.containerStatuses[0]?.restartCount === 1,
      { within: 20, what: 'the container runs again', pause: 50 },
    )
    await untilReplicas('back', 1)
    expect(after?.metadata.uid).toBe(before?.metadata.uid)
    await second.stop()
  })
})
