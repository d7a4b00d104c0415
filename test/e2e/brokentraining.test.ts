import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TrainingJobSpec } from '../../operator/api/trainingjob.ts'
import { kubectlFor } from '../install/kubectl.ts'
import { type Broken, clear, type Finding, fact, judged, listOf, reasonsSince, tableOf, untilTold } from './broken.ts'
import { rowsOf } from './columns.ts'
import type { Manifest } from './example.ts'
import { Lookout } from './lookout.ts'
import { makeRefusals, type Refusal, refusing, removeRefusals } from './refusals.ts'
import { openWorld, tellOnFailure } from './world.ts'

const world = openWorld('brokentraining')
const { cluster, images, namespace } = world
/** Works in every namespace. */
const kubectl = kubectlFor(cluster)
const refusals: Refusal[] = ['quota', 'limitrange', 'podsecurity', 'policy']
const namespaces = [namespace, ...refusals.map(refusal => refusing(namespace, refusal))]
const lookout = new Lookout(cluster, namespaces)
const findings: Finding[] = []

type Change = Partial<Pick<Manifest<TrainingJobSpec>['spec'], 'compute' | 'storage' | 'candidates' | 'data'>>

const small = { requests: { cpu: '10m', memory: '16Mi' } }

const training = (name: string, change: Change): Manifest<TrainingJobSpec> => ({
  apiVersion: 'tidegate.io/v1alpha1',
  kind: 'TrainingJob',
  metadata: { name },
  spec: {
    model: 'broken',
    data: { source: { builtin: 'iris' } },
    candidates: [{ algorithm: 'logisticRegression', parameters: { max_iter: 200 } }],
    ...change,
    compute: { resources: small, retries: 0, ...change.compute },
  },
})

const refused = (refusal: Refusal, cause: string, said: Pick<Broken, 'reason' | 'message'>): Broken => ({
  cause,
  namespace: refusing(namespace, refusal),
  object: training(refusal, {}),
  fact: fact.refused,
  ...said,
})

const cases: Broken[] = [
  {
    cause: 'no such image',
    namespace,
    object: training('image', { compute: { image: 'localhost:1/no/such:image' } }),
    fact: fact.imagePull,
    reason: 'ImagePullFailed',
    message: /localhost:1\/no\/such:image .*check compute\.image/,
  },
  {
    cause: 'no memory on any node',
    namespace,
    object: training('memory', { compute: { resources: { requests: { cpu: '10m', memory: '900Gi' } } } }),
    fact: fact.unscheduled,
    reason: 'Unschedulable',
    message: /Insufficient memory.*lower the requests of compute\.resources/,
  },
  {
    cause: 'unschedulable',
    namespace,
    object: training('cpu', { compute: { resources: { requests: { cpu: '900', memory: '16Mi' } } } }),
    fact: fact.unscheduled,
    reason: 'Unschedulable',
    message: /Insufficient cpu.*lower the requests of compute\.resources/,
  },
  {
    cause: 'unbound claim: no such StorageClass',
    namespace,
    object: training('class', { storage: { artifacts: { className: 'no-such-class' } } }),
    fact: fact.unscheduled,
    reason: 'ClaimUnbound',
    message: /unbound immediate PersistentVolumeClaims \(the pod mounts class-artifacts\); create/,
  },
  {
    cause: 'unbound claim: no such claim',
    namespace,
    object: training('claim', { data: { source: { csv: { claim: 'nobody-made-it', path: 'rows.csv' } }, target: 'y' } }),
    fact: fact.unscheduled,
    reason: 'ClaimUnbound',
    message: /"nobody-made-it" not found; create the PersistentVolumeClaim/,
  },
  refused('quota', 'quota', { reason: 'QuotaExceeded', message: /exceeded quota: no-pods-left.*raise the quota/ }),
  refused('limitrange', 'limit range', { reason: 'QuotaExceeded', message: /minimum memory usage per Container is 1Gi/ }),
  refused('podsecurity', 'PodSecurity', {
    reason: 'PodSecurityRefused',
    message: /violates PodSecurity "restricted:latest": host namespaces/,
  }),
  refused('policy', 'admission policy', { reason: 'CreationRefused', message: /closed for the night: come back at eight/ }),
  {
    cause: 'crash at start',
    namespace,
    object: training('crash', { compute: { image: images.operator } }),
    fact: fact.exited,
    reason: 'Crashed',
    message: /container trainer ended with exit code 1/,
  },
  {
    cause: 'crash at start, tried again',
    namespace,
    object: training('crashagain', { compute: { image: images.operator, retries: 2 } }),
    fact: fact.exited,
    reason: 'Crashed',
    message: /container trainer ended with exit code 1.*attempt 2 of 3 follows/,
  },
  {
    cause: 'OOM',
    namespace,
    object: training('oom', { compute: { resources: { ...small, limits: { memory: '48Mi' } } } }),
    fact: fact.killedForMemory,
    reason: 'OutOfMemory',
    message: /its memory limit of 48Mi.*raise compute\.resources\.limits\.memory/,
  },
  {
    cause: 'deadline',
    namespace,
    object: training('deadline', { compute: { deadline: '2s', resources: { ...small, limits: { cpu: '50m' } } } }),
    fact: fact.late,
    reason: 'DeadlineExceeded',
    message: /longer than compute\.deadline \(2s\)/,
  },
  {
    cause: 'eviction for disk',
    namespace,
    object: training('eviction', { compute: { resources: { ...small, limits: { cpu: '50m', 'ephemeral-storage': '1k' } } } }),
    fact: fact.evicted,
    reason: 'Evicted',
    message: /exceeds the total limit of containers 1k; raise compute\.resources\.limits\.ephemeral-storage/,
  },
]

/** Where a new pod follows, the status follows it. */
const steady = cases.filter(({ cause }) => !/eviction|tried again/.test(cause))
const WATCHED_MS = 35_000
/** At the end of that time, nothing is written about them. */
const QUIET_MS = 10_000
/** A word about a pod is followed by the end of its Job. */
const SETTLED_MS = 10_000
let applied = 0

beforeAll(async () => {
  lookout.start('/api/v1/pods', '/api/v1/events', '/apis/batch/v1/jobs', '/apis/tidegate.io/v1alpha1/trainingjobs')
  await makeRefusals(kubectl, namespace, refusals)
  await kubectl.apply(listOf(cases))
  applied = Date.now()
})

afterAll(async () => {
  lookout.stop()
  console.log(`seconds from the fact to the status of the TrainingJob\n${tableOf(findings)}`)
  await clear(world.kubectl)
  await removeRefusals(kubectl, namespace, refusals)
})

describe('why a run does not get on stands in its TrainingJob within 15 s', () => {
  it.each(cases)('$cause', async broken => {
    tellOnFailure(world)
    judged(await untilTold(lookout, broken), findings)
  })

  it('and stays there while nothing else changes', async () => {
    await sleep(Math.max(SETTLED_MS, applied + WATCHED_MS - QUIET_MS - Date.now()))
    const mark = world.audit.mark()
    await sleep(QUIET_MS)
    for (const each of steady) expect(reasonsSince(lookout, each), each.cause).toEqual([each.reason])
    // A pod that is being stopped may still tell how far it is.
    const names = steady.filter(({ cause }) => cause !== 'deadline').map(({ object }) => object.metadata.name)
    const writes = await world.audit.operatorWritesSince(mark)
    expect(writes.filter(write => namespaces.includes(write.namespace) && names.includes(write.name))).toEqual([])
  })

  it('and in what kubectl get shows', async () => {
    const shown = await kubectl('get', 'tj', '-A')
    console.log(`$ kubectl get tj -A\n${shown}`)
    for (const { namespace: where, object, reason } of steady) {
      const row = rowsOf(shown).find(({ NAMESPACE, NAME }) => NAMESPACE === where && NAME === object.metadata.name)
      expect(row).toMatchObject({ READY: 'False', REASON: reason })
    }
  })
})
