import { describe, expect, it } from 'vitest'
import { label } from '../../../api/contract.ts'
import { type Gate, gateName } from '../../../api/gate.ts'
import type { GateReport } from '../../../api/gatejob.ts'
import type { Model, ModelStatus } from '../../../api/model.ts'
import type { ModelVersion, ModelVersionStatus } from '../../../api/modelversion.ts'
import type { Plan } from '../../../runtime/shape.ts'
import type { Job, Pod } from '../../observed.ts'
import { plan } from '../plan.ts'
import { later, noServerJobs, nothingElse, sampleDecision, sampleModel, sampleVersion } from '../sampleworld.ts'

const versus: Gate = { metric: 'accuracy', versus: 'holder', margin: 0.01 }
const ladder = (...gates: Gate[]) => ({ stages: [{ name: 'Production', automatic: true, gates }] })

interface Cluster {
  model: Model
  versions: ModelVersion[]
  jobs: Job[]
  pods: Pod[]
  decisions?: ReturnType<typeof sampleDecision>[]
}

const look = ({ model, versions, jobs, pods, decisions = [] }: Cluster, minutes = 1) =>
  plan({
    object: model,
    versions,
    decisions,
    ...nothingElse,
    now: later(minutes),
    serverJobs: { ...noServerJobs, jobs, pods },
  })

/** What is there after a plan was carried out; a Job gets its uid. */
const after = (cluster: Cluster, planned: Plan<ModelStatus>): Cluster => ({
  ...cluster,
  model: { ...cluster.model, ...(planned.status && { status: planned.status }) },
  versions: cluster.versions.map(version => {
    const write = planned.statuses?.find(({ object }) => object.metadata.name === version.metadata.name)
    return write ? { ...version, status: write.status as ModelVersionStatus } : version
  }),
  jobs: planned.apply.flatMap(({ object }) =>
    object.kind === 'Job' ? [{ ...object, metadata: { ...object.metadata, uid: object.metadata.name } } as Job] : [],
  ),
})

const pass = (cluster: Cluster, minutes = 1): Cluster => after(cluster, look(cluster, minutes))

/** What is heard is stored first, and moves a version in the next pass. */
const heard = (cluster: Cluster, minutes = 1): Cluster => pass(pass(cluster, minutes), minutes)

const configOf = (job: Job) => {
  const { spec } = (job as unknown as { spec: { template: { spec: { containers: { args: string[] }[] } } } }).spec.template
  return JSON.parse(spec.containers[0]?.args[1] ?? '') as { gateRun: string; gates: Gate[]; holder?: { version: number } }
}

const ended = (job: Job, type: 'Complete' | 'Failed', message?: string): Job => ({
  ...job,
  status: { conditions: [{ type, status: 'True', lastTransitionTime: later(1).toISOString(), ...(message && { message }) }] },
})

const podOf = (job: Job, message: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: `${job.metadata.name}-x`,
    namespace: 'ns',
    uid: 'pod',
    ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: job.metadata.name, uid: job.metadata.uid ?? '', controller: true }],
  },
  status: { phase: 'Succeeded', containerStatuses: [{ name: 'gates', state: { terminated: { exitCode: 0, message } } }] },
})

const answered = (cluster: Cluster, findings: GateReport['findings'], more: Partial<GateReport> = {}): Cluster => {
  const jobs = cluster.jobs.map(job => (job.status ? job : ended(job, 'Complete')))
  const pods = cluster.jobs.map(job => podOf(job, JSON.stringify({ contract: 1, gateRun: configOf(job).gateRun, findings, ...more })))
  return { ...cluster, jobs, pods }
}

const name = 'accuracy versus holder, margin 0.01'
const better = [{ name, verdict: 'Pass' as const, message: 'accuracy 0.95 vs 0.90 of v1: Better' }]
const worse = [{ name, verdict: 'Fail' as const, message: 'accuracy 0.85 vs 0.90 of v1: Worse' }]

const held = (...gates: Gate[]): Cluster => {
  const first: Cluster = { model: sampleModel(ladder(...gates)), versions: [sampleVersion(1, 0.9)], jobs: [], pods: [] }
  const judged = heard(answered(pass(first), better))
  return { ...judged, versions: [...judged.versions, sampleVersion(2, 0.95)] }
}

const messageOf = ({ versions }: Cluster, number: number) =>
  versions.find(({ spec }) => spec.version === number)?.status?.conditions?.find(({ type }) => type === 'Ready')?.message

describe('a gate run', () => {
  it('lets the first version in, then compares each with the holder', () => {
    const start = held(versus)
    expect(start.model.status?.holders).toEqual({ Production: 1 })
    const asked = pass(start)
    expect(asked.model.status?.holders).toEqual({ Production: 1 })
    expect(messageOf(asked, 2)).toBe('the gates of Production are being judged')
    const job = asked.jobs.find(({ status }) => !status) as Job
    expect(configOf(job)).toMatchObject({ holder: { version: 1 }, gates: [versus] })
    const judged = heard(answered(asked, better))
    expect(judged.model.status?.holders).toEqual({ Production: 2 })
    expect(judged.model.status?.history?.[0]?.reason).toContain('Better')
  })

  it('keeps out a version that is worse, says why, and asks no more', () => {
    const judged = heard(answered(pass(held(versus)), worse))
    expect(judged.model.status?.holders).toEqual({ Production: 1 })
    expect(messageOf(judged, 2)).toBe('not in Production: accuracy 0.85 vs 0.90 of v1: Worse')
    const again = pass({ ...judged, jobs: [], pods: [] })
    expect(again.jobs).toEqual([])
    expect(messageOf(again, 2)).toBe(messageOf(judged, 2))
  })

  it('asks for no Job when a bound fails anyway', () => {
    const { jobs } = pass(held(versus, { metric: 'accuracy', atLeast: 0.99 }))
    expect(jobs.filter(({ status }) => !status)).toEqual([])
  })

  it.each([
    ['nothing', '', 'its answer cannot be used'],
    ['rubbish', '{', 'its answer cannot be used'],
    ['for another judgement', JSON.stringify({ contract: 1, gateRun: 'other', findings: better }), 'it answered for the judgement other'],
    ['of other gates', undefined, `${name}: the Job said nothing of it`],
  ])('that answers %s passes nobody', (_, message, said) => {
    const asked = pass(held(versus))
    const job = asked.jobs.find(({ status }) => !status) as Job
    const report = { contract: 1, gateRun: configOf(job).gateRun, findings: [{ ...better[0], name: 'parity' }] }
    const judged = heard({
      ...asked,
      jobs: asked.jobs.map(each => (each === job ? ended(job, 'Complete') : each)),
      pods: [podOf(job, message ?? JSON.stringify(report))],
    })
    expect(judged.model.status?.holders).toEqual({ Production: 1 })
    expect(messageOf(judged, 2)).toContain(said)
  })

  it('that failed is an Error, and is tried again later under another name', () => {
    const asked = pass(held(versus))
    const job = asked.jobs.find(({ status }) => !status) as Job
    const failed = heard({ ...asked, jobs: [ended(job, 'Failed', 'deadline')] })
    expect(messageOf(failed, 2)).toContain('could not be judged: deadline')
    expect(look(failed, 1).requeueAfter).toBeGreaterThan(1)
    const again = pass({ ...failed, jobs: [] }, 10)
    expect(messageOf(again, 2)).toBe('the gates of Production are being judged')
    expect(again.jobs).toHaveLength(1)
    expect(again.jobs[0]?.metadata.name).not.toBe(job.metadata.name)
    const judged = heard(answered(again, better), 11)
    expect(judged.model.status?.holders).toEqual({ Production: 2 })
  })

  it('whose holder has changed meanwhile counts for nothing, and goes', () => {
    const asked = pass(held(versus))
    const job = asked.jobs.find(({ status }) => !status) as Job
    const rolled = { ...asked, versions: [...asked.versions, sampleVersion(3, 0.9)] }
    rolled.model = { ...asked.model, status: { ...asked.model.status, holders: { Production: 3 }, archived: [1] } as ModelStatus }
    const planned = look(answered(rolled, better))
    expect(planned.status?.holders).toEqual({ Production: 3 })
    expect(planned.apply.map(({ object }) => object.metadata.name)).not.toContain(job.metadata.name === '' ? '' : 'unknown')
  })

  it('is waited for by the promotion of a person', () => {
    const manual = held(versus)
    manual.model = { ...manual.model, spec: { stages: [{ name: 'Production', automatic: false, gates: [versus] }] } }
    const decision = sampleDecision({ action: 'Promote', stage: 'Production', version: 2 })
    const asked = pass({ ...manual, decisions: [decision] })
    expect(asked.model.status?.answered).toEqual([])
    expect(asked.model.status?.holders).toEqual({ Production: 1 })
    const judged = heard(answered({ ...asked, decisions: [decision] }, better))
    expect(judged.model.status?.holders).toEqual({ Production: 2 })
    expect(judged.model.status?.answered?.[0]?.outcome).toBe('Applied')
  })

  it('mounts each claim once and read-only, and has no rights', () => {
    const start = held(versus)
    const job = pass(start).jobs.find(({ status }) => !status)
    const { spec } = (job as unknown as { spec: { template: { spec: Record<string, unknown> } } }).spec.template
    expect(spec['volumes']).toHaveLength(2)
    expect(spec['automountServiceAccountToken']).toBe(false)
    expect(job?.metadata.labels?.[label.version]).toBe('2')
  })

  it('is warned of from the twentieth decision on the same test rows on, within slices and out of fold too, and on no other gate', () => {
    const compared: Gate[] = [versus, { ...versus, slices: 'region' }, { ...versus, margin: 0.02, outOfFold: true }]
    const gates: Gate[] = [...compared, { check: 'parity' }]
    const saying = (verdict: 'Pass' | 'Fail') => gates.map(gate => ({ name: gateName(gate), verdict, message: 'said' }))
    const testRows = { digest: `sha256:${'a'.repeat(64)}`, rows: 360 }
    const first: Cluster = { model: sampleModel(ladder(...gates)), versions: [sampleVersion(1, 0.9)], jobs: [], pods: [] }
    let cluster = heard(answered(pass(first), saying('Pass')))
    for (let number = 2; number <= 21; number++) {
      cluster = { ...cluster, jobs: [], pods: [], versions: [...cluster.versions, sampleVersion(number, 0.9)] }
      cluster = heard(answered(pass(cluster), saying('Fail'), { testRows }))
    }
    const messages = (number: number) => cluster.versions[number - 1]?.status?.measured?.[0]?.findings.map(({ message }) => message)
    expect(messages(20)).toEqual(['said', 'said', 'said', 'said'])
    const note = 'said; decision 20 on these test rows: compare on fresh ones'
    expect(messages(21)).toEqual([note, note, note, 'said'])
    expect(messageOf(cluster, 21)).toContain(note)
  })

  it('asks the Job for out-of-fold answers where the gate does, as another judgement', () => {
    const narrow: Gate = { ...versus, outOfFold: true }
    const [plain, asking] = [held(versus), held(versus)].map((cluster, i) => ({
      ...cluster,
      model: { ...cluster.model, spec: sampleModel(ladder(i === 0 ? versus : narrow)).spec },
    })) as [Cluster, Cluster]
    const jobs = [plain, asking].map(cluster => pass({ ...cluster, jobs: [] }).jobs.find(({ status }) => !status) as Job)
    expect(jobs.map(job => configOf(job).gates)).toEqual([[versus], [narrow]])
    expect(new Set(jobs.map(job => configOf(job).gateRun)).size).toBe(2)
    expect([versus, narrow].map(gateName)).toEqual([name, `${name}, else out of fold`])
  })

  it('of a gate that is only told keeps nobody out, and is judged all the same', () => {
    const asked = pass(held({ ...versus, dryRun: true }))
    expect(asked.model.status?.holders).toEqual({ Production: 1 })
    const judged = heard(answered(asked, worse))
    expect(judged.model.status?.holders).toEqual({ Production: 2 })
    expect(judged.versions[1]?.status?.gates?.[0]).toMatchObject({ verdict: 'Fail', dryRun: true })
  })

  it('cannot compare with a holder that is gone', () => {
    const gone = held(versus)
    const judged = pass({ ...gone, versions: gone.versions.slice(1) })
    expect(messageOf(judged, 2)).toContain('version 1 holds Production, but its ModelVersion does not exist')
    expect(judged.jobs.filter(({ status }) => !status)).toEqual([])
  })
})
