import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AuditLog } from '../../cluster/auditlog.ts'
import { example } from '../../e2e/example.ts'
import { until } from '../../e2e/until.ts'
import { type Installation, install } from '../nodes/installation.ts'
import { type OperatorProcess, startOperator } from '../operator/operatorprocess.ts'
import { type ApiReader, apiReader } from './apireader.ts'
import { type Counts, countDifference, countsOf } from './counts.ts'
import { difference, maskOf } from './difference.ts'
import { type InvariantWatch, watchInvariants } from './invariants.ts'
import { processFaults } from './processfaults.ts'
import { audited, untilSilent, writesDuring } from './silence.ts'
import { type State, snapshot } from './state.ts'

const OPERATOR = 'the-operator'
const [FIRST, SECOND] = ['oracles-first', 'oracles-second'] as const

let place: Installation
let operator: OperatorProcess
let watch: InvariantWatch
let reader: ApiReader
let log: AuditLog

beforeAll(async () => {
  place = await install()
  log = new AuditLog(place.plane.auditLog, OPERATOR)
  reader = apiReader(place.plane.kubeconfig)
  operator = await startOperator({ kubeconfig: await place.plane.kubeconfigFor({ user: OPERATOR, groups: ['system:masters'] }) })
  watch = await watchInvariants(place.plane)
  await operator.ready()
}, 900_000)

afterAll(async () => {
  await operator?.stop()
  await watch?.stop()
  reader?.close()
  await place?.stop()
})

interface Service {
  status?: { conditions?: { type: string; status: string }[] }
}

/** The scenario: the example, from nothing to a server that answers. */
const play = async (namespace: string): Promise<void> => {
  const { trainingJob, model, service } = example()
  await place.kubectl()('create', 'namespace', namespace)
  await place.kubectl(namespace).apply({ apiVersion: 'v1', kind: 'List', items: [trainingJob, model, service] })
  await untilServing(namespace)
}

const untilServing = (namespace: string) =>
  until(
    () => place.kubectl(namespace).json<Service>('get', 'inferenceservice/iris'),
    ({ status }) => status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false,
    { within: 40, what: `iris in ${namespace} is ready` },
  )

const rest = (namespace: string) => untilSilent(audited(log, { namespace }), { seconds: 3, within: 30 })
const stateIn = (namespace: string): Promise<State> => snapshot(reader, { namespace, gone: watch.names })
const countsIn = async (namespace: string): Promise<Counts> => countsOf(await log.operatorWritesSince(0, namespace))
const violations = async (namespace: string): Promise<string[]> => {
  await watch.settled()
  return watch.violations(namespace).map(({ about, invariant, told }) => `${about}: ${invariant}: ${told}`)
}

describe('two runs without faults', () => {
  it('look alike to every oracle', async () => {
    await Promise.all([play(FIRST), play(SECOND)])
    await Promise.all([rest(FIRST), rest(SECOND)])
    expect([...maskOf(await stateIn(FIRST), await stateIn(SECOND))]).toEqual([])
    expect(difference(await stateIn(FIRST), watch.state(SECOND))).toEqual([])
    expect(countDifference(await countsIn(FIRST), await countsIn(SECOND))).toEqual([])
    expect(Object.keys(await countsIn(FIRST)).length).toBeGreaterThan(8)
    expect(await violations(FIRST)).toEqual([])
    expect(await violations(SECOND)).toEqual([])
    expect(await writesDuring(audited(log), 2)).toEqual([])
    expect(processFaults(operator)).toEqual([])
    expect([watch.gaps(), watch.late()]).toEqual([0, 0])
  })
})

describe('of what was planted', () => {
  it('a child that went and came back is found by the counts alone', async () => {
    await place.kubectl(SECOND)('delete', 'networkpolicy/iris', 'service/iris-v1')
    await until(
      () => place.kubectl(SECOND).attempt(['get', 'networkpolicy/iris', 'service/iris-v1']),
      ({ code }) => code === 0,
      {
        within: 10,
        what: 'the operator makes them again',
      },
    )
    await rest(SECOND)
    expect(difference(await stateIn(FIRST), await stateIn(SECOND))).toEqual([])
    expect(countDifference(await countsIn(FIRST), await countsIn(SECOND))).toEqual([
      'networkpolicies iris: created 1 and deleted 0 times in the reference, created 2 and deleted 0 times now',
      'services iris-v1: created 1 and deleted 0 times in the reference, created 2 and deleted 0 times now',
    ])
  })

  it('a write is heard in the silence, and another end is seen', async () => {
    const heard = writesDuring(audited(log, { namespace: SECOND }), 3)
    await place.kubectl(SECOND)('patch', 'inferenceservice/iris', '--type=merge', '--patch={"spec":{"autoscaling":{"max":2}}}')
    expect((await heard).join('\n')).toContain('patch horizontalpodautoscalers iris-v1 200')
    await rest(SECOND)
    const lines = difference(await stateIn(FIRST), await stateIn(SECOND))
    expect(lines).toContain('HorizontalPodAutoscaler/iris-v1 spec.maxReplicas: 3 in the reference, 2 now')
    expect(lines).toContain('InferenceService/iris spec.autoscaling.max: 3 in the reference, 2 now')
  })

  it('what must never be is noted while the operator is frozen and can hide nothing', async () => {
    const kubectl = place.kubectl(SECOND)
    operator.signal('SIGSTOP')
    const uid = await kubectl('get', 'trainingjob/iris', '-o', 'jsonpath={.metadata.uid}')
    const owner = { apiVersion: 'tidegate.io/v1alpha1', kind: 'TrainingJob', name: 'iris', uid, controller: true }
    const pod = { metadata: { labels: { app: 'planted' } }, spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'a' }] } }
    for (const name of ['one', 'two'])
      await kubectl.apply({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name, ownerReferences: [owner] }, spec: { template: pod } })
    await kubectl('delete', 'pod', '--selector=tidegate.io/inferenceservice=iris', '--wait=false')
    await kubectl('patch', 'modelversion/iris-v1', '--subresource=status', '--type=merge', '--patch={"status":{"stage":"Staging"}}')
    const traffic = `[{"version":1,"digest":"sha256:${'0'.repeat(64)}","replicas":1,"ready":1}]`
    await kubectl('patch', 'inferenceservice/iris', '--subresource=status', '--type=merge', `--patch={"status":{"traffic":${traffic}}}`)
    const found = (await violations(SECOND)).join('\n')
    expect(found).toContain('one Job at a time: at work at the same time: Job one, Job two')
    expect(found).toContain('InferenceService/iris: an entry pod is ready: no ready pod is behind version 1')
    expect(found).toContain('ModelVersion/iris-v1: a stage is held as the Model says: it says that it holds Staging')
    expect(found).toContain(`InferenceService/iris: Ready is true: Ready=True was written of version 1 (sha256:${'0'.repeat(64)})`)
    expect(await violations(FIRST)).toEqual([])
    operator.signal('SIGCONT')
  })

  it('a child of an owner that is gone is noted', async () => {
    const kubectl = place.kubectl(SECOND)
    const uid = await kubectl('get', 'inferenceservice/iris', '-o', 'jsonpath={.metadata.uid}')
    await kubectl('delete', 'inferenceservice/iris')
    await sleep(3000)
    const ownerReferences = [{ apiVersion: 'tidegate.io/v1alpha1', kind: 'InferenceService', name: 'iris', uid, controller: true }]
    await kubectl.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'late', ownerReferences } })
    expect((await violations(SECOND)).join('\n')).toMatch(
      /ConfigMap\/late: what is deleted stays deleted: it was made \d+ ms after its owner/,
    )
  })

  it('is found, too, after the API server went and came back', async () => {
    await place.plane.stopPart('kube-apiserver')
    await place.plane.startPart('kube-apiserver')
    await watch.settled()
    const before = watch.violations(FIRST).length
    await place.kubectl(FIRST)(
      'patch',
      'modelversion/iris-v1',
      '--subresource=status',
      '--type=merge',
      '--patch={"status":{"stage":"Staging"}}',
    )
    expect((await violations(FIRST)).slice(before).join('\n')).toContain('it says that it holds Staging')
  })
})
