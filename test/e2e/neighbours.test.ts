// Tidegate among others: under restricted pod security, on nodes that are drained, beside objects that are broken.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { InferenceService } from '../../operator/api/inferenceservice.ts'
import type { TrainingJob, TrainingJobSpec } from '../../operator/api/trainingjob.ts'
import type { Pod } from '../../operator/plan/observed.ts'
import { OPERATOR_NAMESPACE } from '../install/install.ts'
import { fact, type Spoken } from './broken.ts'
import { conditionOf, untilReady } from './conditions.ts'
import { FLOWERS, type Manifest } from './example.ts'
import { nowhere, openModel, service, version } from './handmade.ts'
import { Lookout, type Sighted } from './lookout.ts'
import { serveIris } from './serving.ts'
import { until } from './until.ts'
import { openWorld, tellOnFailure } from './world.ts'

const world = openWorld('neighbours')
const { kubectl, cluster, namespace, ingress } = world
const lookout = new Lookout(cluster, [namespace])
const HOST = world.host('iris')

const podsOf = async (label: string): Promise<Pod[]> => (await kubectl.json<{ items: Pod[] }>('get', 'pods', '-l', label)).items
const SERVERS = 'tidegate.io/inferenceservice=iris'

/** As `kubectl drain` asks for it. */
const evict = (pod: string) => {
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod, namespace } }
  return kubectl.attempt(['create', '--raw', `/api/v1/namespaces/${namespace}/pods/${pod}/eviction`, '-f', '-'], JSON.stringify(body))
}

const slow = (name: string): Manifest<TrainingJobSpec> => ({
  apiVersion: 'tidegate.io/v1alpha1',
  kind: 'TrainingJob',
  metadata: { name },
  spec: {
    model: name,
    data: { source: { builtin: 'iris' } },
    candidates: [{ algorithm: 'logisticRegression', parameters: { max_iter: 200 } }],
    compute: { retries: 0, resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { cpu: '400m' } } },
  },
})

beforeAll(async () => {
  lookout.start('/api/v1/pods', '/apis/tidegate.io/v1alpha1/trainingjobs', '/apis/autoscaling/v2/horizontalpodautoscalers')
  await serveIris(world, iris => {
    iris.service.spec.autoscaling = { min: 2, max: 2 }
  })
  await until(
    () => kubectl.json<InferenceService>('get', 'isvc/iris'),
    ({ status }) => status?.replicas === 2,
    { within: 60, what: 'two pods serve' },
  )
}, 240_000)
afterAll(() => lookout.stop())
beforeEach(() => tellOnFailure(world))

describe('restricted pod security', () => {
  const wouldViolate = async (name: string): Promise<string> => {
    const label = ['label', '--dry-run=server', '--overwrite', 'namespace', name]
    return (
      await kubectl.attempt([
        ...label,
        'pod-security.kubernetes.io/enforce=restricted',
        'pod-security.kubernetes.io/enforce-version=latest',
      ])
    ).said
  }

  it('holds for every pod that runs, the operator included', async () => {
    expect(await wouldViolate(OPERATOR_NAMESPACE)).not.toMatch(/violate/)
    expect(await wouldViolate(namespace)).not.toMatch(/violate/)
  })

  it('would be reported by the API server if it did not', async () => {
    const name = `${namespace}-lax`
    await kubectl('create', 'namespace', name)
    await until(
      // The account of its pods comes to a namespace a moment later.
      () => kubectl.attempt(['--namespace', name, 'create', '-f', '-'], JSON.stringify(lax(name))),
      ({ code, said }) => code === 0 || said.includes('AlreadyExists'),
      { within: 30, what: 'the lax pod is there' },
    )
    const said = await wouldViolate(name)
    await kubectl('delete', 'namespace', name, '--wait=false')
    expect(said).toMatch(/existing pods .* violate the new PodSecurity enforce level "restricted:latest"/)
  })
})

const lax = (where: string): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'lax', namespace: where },
  spec: { automountServiceAccountToken: false, containers: [{ name: 'lax', image: 'none' }] },
})

describe('the objects around a service', () => {
  it('close every port but one, and let the servers talk to nobody', async () => {
    const { spec } = await kubectl.json<{ spec: Record<string, unknown> }>('get', 'networkpolicy/iris')
    expect(spec).toEqual({
      podSelector: { matchLabels: expect.objectContaining({ 'tidegate.io/inferenceservice': 'iris' }) as object },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ ports: [{ protocol: 'TCP', port: 8000 }] }],
    })
  })

  it('let a drain take one pod at a time, and clients notice nothing', async () => {
    const [first, second] = await podsOf(SERVERS)
    await until(
      () => kubectl.json<{ status?: Record<string, number> }>('get', 'poddisruptionbudget/iris'),
      ({ status = {} }) => status['expectedPods'] === 2 && status['currentHealthy'] === 2 && status['disruptionsAllowed'] === 1,
      { within: 30, what: 'the budget lets one pod go' },
    )
    const answers: number[] = []
    const asking = setInterval(() => {
      ingress.predict(HOST, FLOWERS.setosa).then(
        reply => answers.push(reply.status),
        () => answers.push(0),
      )
    }, 100)
    expect(await evict(first?.metadata.name ?? '')).toMatchObject({ code: 0 })
    const refused = await evict(second?.metadata.name ?? '')
    await until(
      async () => ({ pods: await podsOf(SERVERS), service: await kubectl.json<InferenceService>('get', 'isvc/iris') }),
      // The service says two until the operator has heard of the eviction.
      ({ pods, service }) => pods.every(({ metadata }) => metadata.name !== first?.metadata.name) && service.status?.replicas === 2,
      { within: 60, what: 'two pods serve again' },
    )
    clearInterval(asking)
    expect(refused.said).toMatch(/Cannot evict pod as it would violate the pod's disruption budget/)
    expect(answers.length).toBeGreaterThan(5)
    expect(answers.filter(status => status !== 200)).toEqual([])
  })
})

it('a run whose node is drained says so, starts over, and loses no attempt', async () => {
  await kubectl.apply(slow('drained'))
  const [pod] = await until(
    () => podsOf('tidegate.io/trainingjob=drained'),
    ([each]) => each?.status?.phase === 'Running',
    { within: 60, what: 'the trainer runs' },
  )
  const name = pod?.metadata.name ?? ''
  expect(await evict(name)).toMatchObject({ code: 0 })
  const job = await untilReady<TrainingJob>(kubectl, 'trainingjob/drained', 120)
  const disrupted = lookout.first('Pod', each => each.metadata.name === name && fact.disrupted.holds(each))
  const said = lookout
    .story<Spoken>('TrainingJob', namespace, 'drained')
    .find(({ object }) => object.status?.conditions?.some(({ type, reason }) => type === 'Ready' && reason === 'Evicted'))
  const message = said?.object.status?.conditions?.find(({ type }) => type === 'Ready')?.message
  const seconds = ((said?.at ?? Number.NaN) - (disrupted?.at ?? Number.NaN)) / 1000
  console.log(`${seconds.toFixed(1)} s  eviction by a drain (TrainingJob drained)\n         Evicted: ${message}`)
  expect(seconds).toBeLessThanOrEqual(15)
  expect(message).toMatch(/taken from node .*: somebody asked for it|evict.*as kubectl drain does; another pod follows/)
  expect(job.status?.runs?.map(({ number, outcome }) => `${number} ${outcome}`)).toEqual(['1 Succeeded'])
})

/** Seconds from a change of the service to the change of its autoscaler. */
const reconciled = async (max: number): Promise<number> => {
  const began = Date.now()
  await kubectl('patch', 'isvc/iris', '--type=merge', '-p', JSON.stringify({ spec: { autoscaling: { max } } }))
  const isChanged = (object: Sighted) => (object['spec'] as { maxReplicas?: number }).maxReplicas === max
  await until(
    () => lookout.first('HorizontalPodAutoscaler', each => each.metadata.name === 'iris-v1' && isChanged(each)),
    seen => seen !== undefined,
    { within: 30, what: `the autoscaler allows ${max} pods`, pause: 20 },
  )
  return (Date.now() - began) / 1000
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

it('a broken object of each kind slows no healthy one', async () => {
  const alone: number[] = []
  for (const max of [4, 5, 6, 7, 8]) alone.push(await reconciled(max))
  const image = { ...slow('broken'), spec: { ...slow('broken').spec, compute: { image: 'localhost:1/no/such:image' } } }
  const gates = { ...openModel('broken'), spec: { stages: [{ name: 'Production', gates: [{ metric: 'f2', atLeast: 0.5 }] }] } }
  const others = [
    gates,
    version('broken', 1, nowhere('no-such-claim')),
    version('orphan', 1, nowhere('no-such-claim')),
    service('broken', 'broken'),
  ]
  await kubectl.apply({ apiVersion: 'v1', kind: 'List', items: [image, ...others] })
  const isFalse = async (reference: string) => conditionOf(await kubectl.json<InferenceService>('get', reference))?.status === 'False'
  await until(
    async () => Promise.all(['tj/broken', 'mv/orphan-v1', 'isvc/broken'].map(isFalse)),
    seen => seen.every(Boolean),
    { within: 60, what: 'the broken ones say so' },
  )
  const beside: number[] = []
  for (const max of [9, 10, 11, 12, 13]) beside.push(await reconciled(max))
  console.log(`seconds from a change to its autoscaler: alone ${alone.join(' ')}; beside broken objects ${beside.join(' ')}`)
  expect(median(beside)).toBeLessThan(median(alone) + Math.max(0.5, 2 * median(alone)))
  expect(Math.max(...beside)).toBeLessThan(Math.max(3, 10 * median(alone)))
})
