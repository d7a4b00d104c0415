import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { InferenceService, InferenceServiceSpec } from '../../operator/api/inferenceservice.ts'
import { kubectlFor } from '../install/kubectl.ts'
import { type Broken, clear, type Finding, fact, judged, listOf, reasonsSince, tableOf, untilTold } from './broken.ts'
import { rowsOf } from './columns.ts'
import type { Manifest } from './example.ts'
import { claim, nowhere, service, version } from './handmade.ts'
import { Lookout } from './lookout.ts'
import { makeRefusals, type Refusal, refusing, removeRefusals } from './refusals.ts'
import { until } from './until.ts'
import { openWorld, tellOnFailure } from './world.ts'

const world = openWorld('brokenserving')
const { cluster, images, namespace } = world
/** Works in every namespace. */
const kubectl = kubectlFor(cluster)
const refusals: Refusal[] = ['quota', 'limitrange', 'podsecurity', 'policy']
const namespaces = [namespace, ...refusals.map(refusal => refusing(namespace, refusal))]
const lookout = new Lookout(cluster, namespaces)
const findings: Finding[] = []

type Resources = Manifest<InferenceServiceSpec>['spec']['server']

const sized = (name: string, server: Resources): Broken['object'] => service(name, 'imported', { server })

const refused = (refusal: Refusal, cause: string, said: Pick<Broken, 'reason' | 'message'>): Broken => ({
  cause,
  namespace: refusing(namespace, refusal),
  object: service(refusal, 'imported'),
  fact: fact.refused,
  ...said,
})

/** Services keep the image that they became ready with. These two remember one that is gone, and one that was overwritten. */
const remembered: (Broken & { image: string })[] = [
  {
    cause: 'no such image',
    namespace,
    object: service('image', 'late'),
    image: 'localhost:1/no/such:image',
    fact: fact.imagePull,
    reason: 'ImagePullFailed',
    message: /localhost:1\/no\/such:image .*check the operator's server image/,
  },
  {
    cause: 'crash at start',
    namespace,
    object: service('crash', 'late'),
    image: images.operator ?? '',
    fact: fact.exited,
    reason: 'Crashed',
    message: /container server ended with exit code 1/,
  },
]

const cases: Broken[] = [
  {
    cause: 'no memory on any node',
    namespace,
    object: sized('memory', { resources: { requests: { memory: '900Gi' }, limits: { memory: '900Gi' } } }),
    fact: fact.unscheduled,
    reason: 'Unschedulable',
    message: /Insufficient memory; lower the requests of server\.resources/,
  },
  {
    cause: 'unschedulable',
    namespace,
    object: sized('cpu', { resources: { requests: { cpu: '900' }, limits: { cpu: '900' } } }),
    fact: fact.unscheduled,
    reason: 'Unschedulable',
    message: /Insufficient cpu; lower the requests of server\.resources/,
  },
  {
    cause: 'unbound claim: no such StorageClass',
    namespace,
    object: service('class', 'classless'),
    fact: fact.unscheduled,
    reason: 'ClaimUnbound',
    message: /unbound immediate PersistentVolumeClaims \(the pod mounts no-class\); create/,
  },
  {
    cause: 'unbound claim: no such claim',
    namespace,
    object: service('claim', 'claimless'),
    fact: fact.unscheduled,
    reason: 'ClaimMissing',
    message: /PersistentVolumeClaim nobody-made-it with the bundle of version 1 does not exist: restore it/,
  },
  refused('quota', 'quota', { reason: 'QuotaExceeded', message: /exceeded quota: no-pods-left/ }),
  refused('limitrange', 'limit range', { reason: 'QuotaExceeded', message: /minimum memory usage per Container is 1Gi/ }),
  refused('podsecurity', 'PodSecurity', {
    reason: 'PodSecurityRefused',
    message: /violates PodSecurity "restricted:latest": host namespaces/,
  }),
  refused('policy', 'admission policy', { reason: 'CreationRefused', message: /closed for the night: come back at eight/ }),
  {
    cause: 'OOM',
    namespace,
    object: sized('oom', { resources: { requests: { memory: '16Mi' }, limits: { memory: '24Mi' } } }),
    fact: fact.killedForMemory,
    reason: 'OutOfMemory',
    message: /its memory limit of 24Mi.*raise server\.resources\.limits\.memory/,
  },
  {
    cause: 'eviction for disk',
    namespace,
    object: sized('eviction', { resources: { limits: { 'ephemeral-storage': '1k' } } }),
    fact: fact.evicted,
    reason: 'Evicted',
    message: /exceeds the total limit of containers 1k; raise server\.resources\.limits\.ephemeral-storage/,
  },
]

/** A service that has not started yet is told which image it once became ready with, as its status would say after a restore. */
const remember = async ({ object: { metadata }, image }: (typeof remembered)[number]): Promise<void> => {
  await until(
    () => world.kubectl.json<InferenceService>('get', `isvc/${metadata.name}`),
    ({ status }) => status?.observedGeneration === 1,
    { within: 20, what: `isvc/${metadata.name} was looked at` },
  )
  const patch = JSON.stringify({ status: { serverImage: image } })
  await world.kubectl('patch', `isvc/${metadata.name}`, '--subresource=status', '--type=merge', '-p', patch)
}

/** Where a new pod follows, the status follows it. */
const steady = [...remembered, ...cases].filter(({ cause }) => !/eviction|tried again/.test(cause))
const WATCHED_MS = 35_000
/** At the end of that time, nothing is written about them. */
const QUIET_MS = 10_000
let applied = 0

beforeAll(async () => {
  lookout.start('/api/v1/pods', '/api/v1/events', '/apis/tidegate.io/v1alpha1/inferenceservices')
  await Promise.all([makeRefusals(kubectl, namespace, refusals), world.kubectl.apply(listOf(remembered))])
  await Promise.all(remembered.map(remember))
  const bundles = namespaces.flatMap(each =>
    [claim('bundles'), version('imported', 1, nowhere('bundles'))].map(object => ({ each, object })),
  )
  const others = [
    claim('no-class', 'no-such-class'),
    version('classless', 1, nowhere('no-class')),
    version('claimless', 1, nowhere('nobody-made-it')),
  ]
  const all = [...bundles, ...[...others, version('late', 1, nowhere('bundles'))].map(object => ({ each: namespace, object }))]
  for (const each of namespaces)
    await kubectlFor(cluster, each).apply({
      apiVersion: 'v1',
      kind: 'List',
      items: all.filter(one => one.each === each).map(({ object }) => object),
    })
  await kubectl.apply(listOf(cases))
  applied = Date.now()
})

afterAll(async () => {
  lookout.stop()
  console.log(`seconds from the fact to the status of the InferenceService\n${tableOf(findings)}`)
  await clear(world.kubectl)
  await removeRefusals(kubectl, namespace, refusals)
})

describe('why a service does not get on stands in its InferenceService within 15 s', () => {
  it.each([...remembered, ...cases])('$cause', async broken => {
    tellOnFailure(world)
    judged(await untilTold(lookout, broken), findings)
  })

  it('and stays there while nothing else changes', async () => {
    await sleep(Math.max(0, applied + WATCHED_MS - QUIET_MS - Date.now()))
    const mark = world.audit.mark()
    await sleep(QUIET_MS)
    for (const each of steady) expect(reasonsSince(lookout, each), each.cause).toEqual([each.reason])
    const names = steady.map(({ object }) => object.metadata.name)
    const writes = await world.audit.operatorWritesSince(mark)
    expect(writes.filter(write => namespaces.includes(write.namespace) && names.includes(write.name))).toEqual([])
  })

  it('and in what kubectl get shows', async () => {
    const shown = await kubectl('get', 'isvc', '-A')
    console.log(`$ kubectl get isvc -A\n${shown}`)
    for (const { namespace: where, object, reason } of steady) {
      const row = rowsOf(shown).find(({ NAMESPACE, NAME }) => NAMESPACE === where && NAME === object.metadata.name)
      expect(row).toMatchObject({ READY: 'False', REASON: reason })
    }
  })
})
