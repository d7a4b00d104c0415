import type { ChildProcess } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { TrainingJobStatus } from '../../../operator/api/trainingjob.ts'
import { jobs, trainingJobs } from '../../../operator/controllers/resources.ts'
import type { KubeObject, ResourceRef } from '../../../operator/runtime/shape.ts'
import { good } from '../api/goodobjects.ts'
import { eventually } from '../runtime/operate.ts'
import { type Opened, openCli } from './opened.ts'
import type { Said } from './program.ts'

let opened: Opened

beforeAll(async () => {
  opened = await openCli(['garbage-collector-controller'])
}, 900_000)

afterAll(async () => {
  await opened?.stop()
})

const job = (change: object = {}) => {
  const { data, ...spec } = good.TrainingJob.spec
  const { fallback: _, ...rows } = data
  const checks = { ...data.checks, onFailure: 'fail' }
  return {
    ...good.TrainingJob,
    metadata: { name: 'iris' },
    spec: { ...spec, data: { ...rows, checks, source: { builtin: 'iris' } }, ...change },
  }
}

const validate = (manifest: object, ...more: string[]): Promise<Said> => begin(manifest, more)

const begin = (manifest: object, more: string[] = [], seen?: (child: ChildProcess) => void): Promise<Said> => {
  const file = join(opened.program.folder, 'job.yaml')
  writeFileSync(file, JSON.stringify(manifest))
  return opened.program.run(['validate', file, ...more], opened.plane.kubeconfig, seen)
}

const ours = async (): Promise<KubeObject[]> =>
  (await opened.client.list(trainingJobs, { namespace: 'default', labelSelector: 'tidegate.io/validates' })).items

const made = async (): Promise<KubeObject> => (await eventually(ours, all => all.length === 1))[0] as KubeObject

/** The part of the operator, which is not there. */
const say = async (status: TrainingJobStatus): Promise<KubeObject> => {
  const object = await made()
  await opened.client.putStatus(trainingJobs, { ...object, status: { observedGeneration: 1, ...status } })
  return object
}

const run = { number: 1, specDigest: 'sha256:a', startedAt: '2026-10-01T00:00:00Z' }
const rows = {
  source: 'primary' as const,
  described: 'built-in data set iris',
  rows: 150,
  columns: 4,
  classes: 3,
  trainRows: 120,
  testRows: 30,
}
const succeeded: TrainingJobStatus = { runs: [{ ...run, outcome: 'Succeeded' }], dataReport: rows }
const refused: TrainingJobStatus = {
  runs: [{ ...run, outcome: 'Failed', reason: 'ChecksRefused', message: '9 rows, and checks.minRows asks for 10' }],
}

afterEach(async () => {
  expect(await ours()).toEqual([])
})

describe('validate', () => {
  it('makes a TrainingJob that ends with the checks, tells what it found, and leaves nothing', async () => {
    const said = validate(job({ suspend: true, schedule: { every: '1d' } }))
    const { metadata, spec } = await say(succeeded)
    expect(metadata.name).toMatch(/^iris-validate-[a-z]{5}$/)
    expect(spec).toMatchObject({ stopAfter: 'Validation', suspend: false, model: 'iris' })
    expect(spec).not.toHaveProperty('schedule')
    expect(await said).toMatchObject({ code: 0, err: '' })
    const { out } = await said
    expect(out).toMatch(
      /^iris: the rows are valid\n\nWHAT +FOUND\nsource +built-in data set iris\nrows +150: 120 to train on, 30 to test on\n/,
    )
  })

  it('ends with 43 when the checks refuse, and tells programs why', async () => {
    const [said] = await Promise.all([validate(job(), '-o', 'json'), say(refused)])
    expect(said).toMatchObject({ code: 43, err: '' })
    expect(JSON.parse(said.out)).toMatchObject({ trainingJob: 'iris', verdict: 'Refused', reason: 'ChecksRefused' })
  })

  it('says for people what is refused, and what a run would do instead', async () => {
    const { data } = good.TrainingJob.spec
    const [said] = await Promise.all([validate(job({ data: { ...data, source: { builtin: 'iris' } } })), say(refused)])
    expect(said).toMatchObject({ code: 43, out: '' })
    expect(said.err).toBe(
      'iris: ChecksRefused: 9 rows, and checks.minRows asks for 10; a run would train on data.fallback (iris) instead\n',
    )
  })

  it('tells what holds it up while it waits, and gives up in time', async () => {
    const message = 'image trainer:1 cannot be pulled'
    const condition = { type: 'Ready', status: 'False' as const, reason: 'ImagePullFailed', message, observedGeneration: 1 }
    const [said] = await Promise.all([
      validate(job(), '--wait', '3s'),
      say({ conditions: [{ ...condition, lastTransitionTime: '2026-10-01T00:00:00Z' }], runs: [{ ...run, outcome: 'Running' }] }),
    ])
    expect(said).toMatchObject({ code: 1, out: '' })
    expect(said.err).toBe(`ImagePullFailed: ${message}\niris: TimedOut: no answer within 3 s; at last ImagePullFailed: ${message}\n`)
  })

  it.each([
    [job({ model: 'Iris' }), 42, /^iris: ConfigInvalid: .*spec\.model: Invalid value: "Iris"/],
    [job({ modell: 'iris' }), 42, /^iris: ConfigInvalid: .*unknown field "spec\.modell"/],
    [{ ...job(), metadata: { name: 'iris-v4' } }, 42, /ConfigInvalid: .*must not end in -v<number>/],
    [{ ...job(), metadata: {} }, 42, /ConfigInvalid: metadata\.name is missing/],
    [{ ...job(), apiVersion: 'tidegate.io/v2' }, 42, /apiVersion is "tidegate\.io\/v2": write tidegate\.io\/v1alpha1/],
    [good.TrainingJob, 42, /DataMissing: claim rows does not exist in namespace default: .*; a run would train on data\.fallback/],
    [good.Model, 2, /FILE is .*, which holds no TrainingJob/],
  ])('refuses %# before anything is made', async (manifest, code, words) => {
    const said = await validate(manifest)
    expect(said).toMatchObject({ code, out: '' })
    expect(said.err).toMatch(words)
  })

  it.each([
    ['--wait=0', /--wait is "0": .*write 10m/],
    ['--namespace=kube-system', /--namespace is kube-system, and the file says default/],
  ])('is asked wrongly with %s', async (flag, words) => {
    const said = await validate({ ...job(), metadata: { name: 'iris', namespace: 'default' } }, flag)
    expect(said.code).toBe(2)
    expect(said.err).toMatch(words)
  })

  it('does not mind that the TrainingJob exists already', async () => {
    await opened.client.create(trainingJobs, { ...job(), metadata: { name: 'iris', namespace: 'default' } } as KubeObject)
    const [said] = await Promise.all([validate(job()), say(succeeded)])
    await opened.client.remove(trainingJobs, { ...job(), metadata: { name: 'iris', namespace: 'default' } } as KubeObject)
    expect(said.code).toBe(0)
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('deletes what it made when %s ends it', async (signal, code) => {
    let child: ChildProcess | undefined
    const said = begin(job(), [], process => (child = process))
    await made()
    child?.kill(signal)
    expect(await said).toMatchObject({ code, err: `error: stopped by ${signal}\n` })
  })

  it('is collected with its Job when it was killed', async () => {
    let child: ChildProcess | undefined
    const said = begin(job(), [], process => (child = process))
    const { name } = (await made()).metadata
    const owner = await opened.client.create(jobs, jobNamed(`${name}-run-1`))
    await say({ runs: [{ ...run, outcome: 'Running', jobUid: owner.metadata.uid ?? '' }] })
    await eventually(ours, ([object]) => object?.metadata.ownerReferences?.[0]?.uid === owner.metadata.uid)
    child?.kill('SIGKILL')
    await said
    expect(await ours()).toHaveLength(1)
    await opened.client.remove(jobs, owner)
    await eventually(ours, all => all.length === 0, 60)
  })

  it('needs no right but to make, read and delete', async () => {
    for (const { resource, ...object } of visitor) await opened.client.create(resource, object as KubeObject)
    const kubeconfig = await opened.plane.kubeconfigFor({ user: 'vera', groups: ['visitors'] })
    const file = join(opened.program.folder, 'job.yaml')
    writeFileSync(file, JSON.stringify(job()))
    const said = opened.program.run(['validate', file], kubeconfig)
    const { metadata } = await made()
    await say({ runs: [{ ...run, outcome: 'Running', jobUid: 'uid' }] })
    await new Promise(resolve => setTimeout(resolve, 1500))
    const object = (await opened.client.get(trainingJobs, { namespace: 'default', name: metadata.name })) as KubeObject
    await opened.client.putStatus(trainingJobs, { ...object, status: succeeded })
    expect(await said).toMatchObject({ code: 0, err: '' })
  })
})

const jobNamed = (name: string): KubeObject => {
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'trainer', image: 'trainer:1' }] } }
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name, namespace: 'default' }, spec: { template } }
}

const apiGroup = 'rbac.authorization.k8s.io'
const rbac = (kind: string, plural: string): ResourceRef => ({ apiVersion: `${apiGroup}/v1`, kind, plural, namespaced: false })
const visitor = [
  {
    resource: rbac('ClusterRole', 'clusterroles'),
    metadata: { name: 'visitor' },
    rules: [{ apiGroups: ['tidegate.io'], resources: ['trainingjobs'], verbs: ['create', 'get', 'delete'] }],
  },
  {
    resource: rbac('ClusterRoleBinding', 'clusterrolebindings'),
    metadata: { name: 'visitor' },
    roleRef: { apiGroup, kind: 'ClusterRole', name: 'visitor' },
    subjects: [{ apiGroup, kind: 'Group', name: 'visitors' }],
  },
].map(each => ({ apiVersion: each.resource.apiVersion, kind: each.resource.kind, ...each }))
