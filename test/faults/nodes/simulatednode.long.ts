import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { example } from '../../e2e/example.ts'
import { until } from '../../e2e/until.ts'
import type { Kubectl } from '../../install/kubectl.ts'
import { type OperatorProcess, startOperator } from '../operator/operatorprocess.ts'
import { type Installation, install } from './installation.ts'
import { badData, hangs, outOfMemory } from './trainerbehaviours.ts'

let place: Installation
let operator: OperatorProcess

beforeAll(async () => {
  place = await install()
  operator = await startOperator({ kubeconfig: place.plane.kubeconfig })
  await operator.ready()
}, 900_000)

afterAll(async () => {
  await operator?.stop()
  await place?.stop()
})

interface Conditioned {
  metadata: { name: string }
  spec: Record<string, unknown>
  status?: { conditions?: { type: string; status: string; reason: string; message: string }[]; holders?: Record<string, number> }
}

const condition = (object: Conditioned, type = 'Ready') => object.status?.conditions?.find(each => each.type === type)

const openNamespace = async (name: string): Promise<Kubectl> => {
  await place.kubectl()('create', 'namespace', name)
  return place.kubectl(name)
}

const applyExample = (kubectl: Kubectl): Promise<string> => {
  const { trainingJob, model, service } = example()
  return kubectl.apply({ apiVersion: 'v1', kind: 'List', items: [trainingJob, model, service] })
}

const untilReady = (kubectl: Kubectl, what: string, status = 'True') =>
  until(
    () => kubectl.json<Conditioned>('get', what),
    object => condition(object)?.status === status,
    { within: 30, what: `${what} is Ready=${status}`, pause: 50 },
  )

interface PodList {
  items: {
    metadata: { name: string; labels: Record<string, string> }
    status: { podIP: string; phase: string; containerStatuses: { restartCount: number }[] }
  }[]
}

const podsOf = async (kubectl: Kubectl, selector: string) => (await kubectl.json<PodList>('get', 'pods', '--selector', selector)).items

describe('on a control plane without nodes', { timeout: 60_000 }, () => {
  it('the example trains, is promoted and serves', async () => {
    const kubectl = await openNamespace('example')
    const began = performance.now()
    await applyExample(kubectl)
    const service = await untilReady(kubectl, 'inferenceservice/iris')
    console.log(`create → Ready: ${((performance.now() - began) / 1000).toFixed(1)} s`)
    expect(condition(service)).toMatchObject({ reason: 'Serving' })
    expect(condition(await untilReady(kubectl, 'trainingjob/iris'))).toMatchObject({ status: 'True' })
    expect((await kubectl.json<Conditioned>('get', 'model/iris')).status?.holders).toEqual({ Production: 1 })

    const [pod] = await podsOf(kubectl, 'tidegate.io/inferenceservice=iris')
    const answer = await fetch(`http://${pod?.status.podIP}:8000/predict`, { method: 'POST', body: '{}' })
    const version = await kubectl.json<Conditioned>('get', 'modelversion/iris-v1')
    expect(await answer.json()).toMatchObject({ model_name: 'iris', model_version: '1', digest: version.spec['digest'] })
  })

  it('a deleted server pod leaves and another one comes', async () => {
    const kubectl = place.kubectl('example')
    const [before] = await podsOf(kubectl, 'tidegate.io/inferenceservice=iris')
    await kubectl('delete', 'pod', before?.metadata.name ?? '')
    await until(
      () => podsOf(kubectl, 'tidegate.io/inferenceservice=iris'),
      pods => pods.length === 1 && pods[0]?.metadata.name !== before?.metadata.name && pods[0]?.status.phase === 'Running',
      { within: 20, what: 'another pod runs', pause: 50 },
    )
    await untilReady(kubectl, 'inferenceservice/iris')
    await expect(fetch(`http://${before?.status.podIP}:8000/health`)).rejects.toThrow('fetch failed')
  })

  it('a run with bad data fails once and is not tried again', async () => {
    const kubectl = await openNamespace('baddata')
    place.node.act({ on: { namespace: 'baddata' }, trainer: badData })
    await applyExample(kubectl)
    const job = await untilReady(kubectl, 'trainingjob/iris', 'False')
    expect(condition(job)).toMatchObject({ reason: 'DataInvalid', message: expect.stringContaining('row 7: petal_length') })
    const pods = await podsOf(kubectl, 'tidegate.io/trainingjob=iris')
    expect(pods.map(({ status }) => status.phase)).toEqual(['Failed'])
  })

  it('a server that runs out of memory is started again, and serves when it may', async () => {
    const kubectl = await openNamespace('memory')
    const undo = place.node.act({
      on: { namespace: 'memory' },
      server: { ends: { afterMs: 100, end: { exitCode: 137, reason: 'OOMKilled' } } },
    })
    await applyExample(kubectl)
    await until(
      () => kubectl.json<Conditioned>('get', 'inferenceservice/iris'),
      service => condition(service)?.reason === 'OutOfMemory',
      { within: 20, what: 'the service says why it does not answer', pause: 50 },
    )
    undo()
    await untilReady(kubectl, 'inferenceservice/iris')
    const [pod] = await podsOf(kubectl, 'tidegate.io/inferenceservice=iris')
    expect(pod?.status.containerStatuses[0]?.restartCount).toBeGreaterThanOrEqual(1)
  })

  it('a killed trainer is tried again', async () => {
    const kubectl = await openNamespace('again')
    place.node.act({ on: { namespace: 'again' }, trainer: outOfMemory, times: 1 })
    await kubectl.apply(example().trainingJob)
    await untilReady(kubectl, 'trainingjob/iris')
    const pods = await podsOf(kubectl, 'tidegate.io/trainingjob=iris')
    expect(pods.map(({ status }) => status.phase).toSorted()).toEqual(['Failed', 'Succeeded'])
  })

  it('a run that hangs is stopped with its job, and another pod follows when the job goes on', async () => {
    const kubectl = await openNamespace('hanging')
    const undo = place.node.act({ on: { namespace: 'hanging' }, trainer: hangs })
    await kubectl.apply(example().trainingJob)
    const runs = () => podsOf(kubectl, 'tidegate.io/trainingjob=iris')
    await until(runs, ([pod]) => pod?.status.phase === 'Running', { within: 20, what: 'the trainer runs', pause: 50 })
    await kubectl('patch', 'trainingjob/iris', '--type=merge', '--patch={"spec":{"suspend":true}}')
    await until(runs, pods => pods.length === 0, { within: 20, what: 'the trainer is gone', pause: 50 })
    undo()
    await kubectl('patch', 'trainingjob/iris', '--type=merge', '--patch={"spec":{"suspend":false}}')
    await untilReady(kubectl, 'trainingjob/iris')
  })

  it('a pod waits for the claim that it names', async () => {
    const kubectl = await openNamespace('claimless')
    await kubectl.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'waiting' },
      spec: {
        containers: [{ name: 'any', image: 'any' }],
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'late' } }],
      },
    })
    await kubectl('wait', 'pod/waiting', '--for=jsonpath={.status.conditions[0].reason}=Unschedulable', '--timeout=10s')
    await kubectl.apply({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'late' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
    })
    await kubectl('wait', 'pod/waiting', '--for=condition=Ready', '--timeout=10s')
    await kubectl('wait', 'pvc/late', '--for=jsonpath={.status.phase}=Bound', '--timeout=10s')
  })

  it('a namespace goes with everything in it', async () => {
    const names = ['example', 'baddata', 'memory', 'again', 'hanging', 'claimless']
    await place.kubectl()('delete', 'namespace', ...names, '--wait=false')
    await until(
      () => place.kubectl()('get', 'namespaces', '-o', 'name'),
      left => names.every(name => !left.includes(`/${name}`)),
      { within: 40, what: 'the namespaces are gone', pause: 200 },
    )
    expect(place.node.pods()).toEqual([])
    await sleep(300)
    expect(operator.lines.filter(({ level }) => level === 'error')).toEqual([])
  })
})
