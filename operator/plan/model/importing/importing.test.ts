import { describe, expect, it } from 'vitest'
import type { Import } from '../../../api/import.ts'
import { bundleOf } from '../../../api/versionbundle.ts'
import { isFinished } from '../../pods/ofjob.ts'
import { approval, digestOf, sampleDecision, sampleVersion } from '../sampleworld.ts'
import {
  cluster,
  configOf,
  ended,
  fromClaim,
  heard,
  importedVersion,
  isOver,
  look,
  pass,
  refused,
  report,
  says,
  statusOf,
  succeeded,
} from './samplecluster.ts'

const gated = { stages: [{ name: 'Production', automatic: true, gates: [{ metric: 'accuracy', atLeast: 0.8 }] }] }
const open = { stages: [{ name: 'Production', automatic: true }] }
const evaluation = { rows: 40, metrics: [{ name: 'accuracy', value: 0.9, low: 0.8, high: 0.95 }] }

describe('an import', () => {
  it('is done by a Job, then the version is judged by what came out of it, and enters', () => {
    const asked = pass(cluster(gated, importedVersion(4)))
    expect(says(asked, 4)).toBe('Unknown Importing: is being imported from claim models, path churn/v4')
    expect(asked.model.status?.holders).toEqual({})
    expect(asked.jobs).toHaveLength(1)
    const stored = pass(succeeded(asked, 4, { evaluation }))
    expect(stored.model.status?.holders).toEqual({})
    expect(statusOf(stored, 4).bundle).toMatchObject({ digest: digestOf(1004), evaluation })
    const { model, versions } = pass(stored)
    expect(model.status?.holders).toEqual({ Production: 4 })
    expect(model.status?.history?.[0]).toMatchObject({ digest: digestOf(1004), reason: expect.stringContaining('accuracy 0.9 ≥ 0.8') })
    expect(statusOf({ ...stored, versions }, 4).bundle?.digest).toBe(digestOf(1004))
  })

  it('that brought no evaluation passes no gate on a metric, and says what is missing', () => {
    const imported = heard(succeeded(pass(cluster(gated, importedVersion(4))), 4))
    expect(imported.model.status?.holders).toEqual({})
    expect(says(imported, 4)).toBe('True GatesFailed: not in Production: accuracy was not measured; measured: nothing')
  })

  it('of a version that carries its evaluation itself leaves it as it is written', () => {
    const version = importedVersion(4)
    const written = { rows: 12, metrics: [{ name: 'accuracy', value: 0.81 }] }
    const own = { ...version, spec: { ...version.spec, evaluation: written } }
    const imported = heard(succeeded(pass(cluster(gated, own)), 4, { evaluation }))
    expect(statusOf(imported, 4).bundle?.evaluation).toBeUndefined()
    expect(imported.model.status?.history?.[0]?.reason).toContain('accuracy 0.81')
  })

  it('is asked for once, is not asked for again, and its Job goes an hour after its answer is stored', () => {
    const asked = pass(cluster(open, importedVersion(4)))
    expect(pass(asked).jobs).toEqual(asked.jobs)
    const told = look(succeeded(asked, 4)).apply.find(({ object }) => object.kind === 'Job')
    expect(told?.mode).toBe('keep')
    const done = heard(succeeded(asked, 4))
    expect(done.jobs.map(job => job.spec?.ttlSecondsAfterFinished)).toEqual([3600])
    expect(pass({ ...done, jobs: [] }).jobs).toEqual([])
  })

  it('is done for three versions at a time, the oldest first', () => {
    const many = pass(cluster(open, ...[9, 3, 5, 7, 4].map(number => importedVersion(number))))
    expect(many.jobs.map(job => Number(job.metadata.labels?.['tidegate.io/version']))).toEqual([3, 4, 5])
    const next = heard(succeeded(many, 3))
    expect(next.jobs.filter(job => !isFinished(job)).map(job => Number(job.metadata.labels?.['tidegate.io/version']))).toEqual([4, 5, 7])
  })

  it('writes its bundle to the claim of the version, reads its source only, and has no rights', () => {
    const [job] = pass(cluster(open, importedVersion(4))).jobs
    if (!job) throw new Error('no Job')
    const { spec } = (job as unknown as { spec: { template: { spec: Record<string, unknown> } } }).spec.template
    expect(spec['volumes']).toMatchObject([
      { name: 'bundles', persistentVolumeClaim: { claimName: 'iris-artifacts' } },
      { name: 'source', persistentVolumeClaim: { claimName: 'models', readOnly: true } },
      { name: 'tmp' },
    ])
    expect(spec['containers']).toMatchObject([{ volumeMounts: [{ mountPath: '/bundles' }, { mountPath: '/source', readOnly: true }, {}] }])
    expect(spec['automountServiceAccountToken']).toBe(false)
    expect(configOf(job)).toMatchObject({ root: '/bundles', source: '/source', path: 'iris/4', digest: digestOf(4) })
    expect(job.metadata.name.length).toBeLessThanOrEqual(63)
  })

  it('with rows starts without them, too, and says itself what is missing', () => {
    const rows = { configMap: { name: 'churn-rows', key: 'all.csv' }, target: 'churned' }
    const [job] = pass(cluster(open, importedVersion(4, { ...fromClaim, rows }))).jobs
    if (!job) throw new Error('no Job')
    const { spec } = (job as unknown as { spec: { template: { spec: { volumes: object[] } } } }).spec.template
    const items = [{ key: 'all.csv', path: 'rows.csv' }]
    expect(spec.volumes).toContainEqual({ name: 'rows', configMap: { name: 'churn-rows', items, optional: true } })
    expect(configOf(job).rows).toEqual({ file: '/rows/rows.csv', target: 'churned' })
  })

  it('from the claim that gets the bundle mounts it once', () => {
    const [job] = pass(cluster(open, importedVersion(4, { from: { claim: { name: 'iris-artifacts', path: 'drop/a.onnx' } } }))).jobs
    const { spec } = (job as unknown as { spec: { template: { spec: { volumes: object[] } } } }).spec.template
    expect(spec.volumes).toHaveLength(2)
  })

  it.each<[string, Import, object[]]>([
    [
      's3',
      { from: { s3: { bucket: 'models', key: 'a.onnx', credentials: 'keys' } } },
      [
        { name: 'AWS_ACCESS_KEY_ID', valueFrom: { secretKeyRef: { name: 'keys', key: 'AWS_ACCESS_KEY_ID' } } },
        { name: 'AWS_SECRET_ACCESS_KEY', valueFrom: { secretKeyRef: { name: 'keys', key: 'AWS_SECRET_ACCESS_KEY' } } },
        { name: 'AWS_SESSION_TOKEN', valueFrom: { secretKeyRef: { name: 'keys', key: 'AWS_SESSION_TOKEN', optional: true } } },
      ],
    ],
    [
      'https',
      { from: { https: { url: 'https://example.org/a.onnx', credentials: 'keys' } } },
      [{ name: 'TIDEGATE_IMPORT_TOKEN', valueFrom: { secretKeyRef: { name: 'keys', key: 'token' } } }],
    ],
  ])('from %s names the Secret, whose content nobody but the pod sees', (_, how, env) => {
    const [job] = pass(cluster(open, importedVersion(4, how))).jobs
    const { spec } = (job as unknown as { spec: { template: { spec: { containers: { env: object[] }[] } } } }).spec.template
    expect(spec.containers[0]?.env).toEqual(env)
  })

  it('from the tracking server of the operator knows its address, and says so when there is none', () => {
    const version = importedVersion(4, { from: { mlflow: { run: 'a'.repeat(32) } } })
    const without = pass(cluster(open, version))
    expect(without.jobs).toEqual([])
    expect(says(without, 4)).toMatch(/^False ImportFailed: spec\.import\.from\.mlflow has no uri.*tracking\.uri/)
    expect(says(without, 4, 'Stalled')).toMatch(/^True ImportFailed/)
    const [job] = pass({ ...cluster(open, version), tracking: { uri: 'http://mlflow:5000' } }).jobs
    expect(job && configOf(job).tracking).toBe('http://mlflow:5000')
  })
})

describe('an import that failed', () => {
  it('for what no retry can mend is not tried again, says why, and what to do', () => {
    const failed = heard(
      refused(pass(cluster(open, importedVersion(4))), 4, 'claim models has no churn/v4: check spec.import.from.claim.path'),
    )
    expect(says(failed, 4)).toBe(
      'False ImportFailed: not imported from claim models, path churn/v4: claim models has no churn/v4: check spec.import.from.claim.path; when that is mended, delete this ModelVersion and create it again',
    )
    expect(says(failed, 4, 'Stalled')).toMatch(/^True ImportFailed/)
    expect(failed.jobs.filter(job => !isOver(job))).toEqual([])
    const muchLater = pass({ ...failed, jobs: [], pods: [] }, 10_000)
    expect(muchLater.jobs).toEqual([])
  })

  it('for another reason is tried again, later each time, under another name', () => {
    const asked = pass(cluster(open, importedVersion(4)))
    const failed = heard(ended(asked, 4, { exitCode: 1, message: 'https://example.org: no answer within 30 s' }))
    expect(says(failed, 4)).toMatch(
      /^False ImportFailed: not imported .* no answer within 30 s; it is tried again from 2026-01-01T00:02Z on$/,
    )
    expect(says(failed, 4, 'Stalled')).toBe('nothing')
    expect(look(failed).requeueAfter).toBeGreaterThan(30)
    const again = pass({ ...failed, jobs: [], pods: [] }, 3)
    expect(again.jobs).toHaveLength(1)
    expect(again.jobs[0]?.metadata.name).not.toBe(asked.jobs[0]?.metadata.name)
    expect(says(again, 4)).toContain('but the last try failed: ')
    expect(heard(succeeded(again, 4), 3).model.status?.holders).toEqual({ Production: 4 })
    const second = heard(ended(again, 4, { exitCode: 1, message: 'no answer', minutes: 3 }), 3)
    expect(statusOf(second, 4).import?.failures).toBe(2)
  })

  it.each([
    ['nothing', '', /its answer cannot be used/],
    ['rubbish', '{', /its answer cannot be used: the text is not JSON/],
    ['for another digest', report(5), /it answered for sha256:0+5/],
    ['no digest', JSON.stringify({ contract: 1, asked: digestOf(4) }), /its answer cannot be used: digest is missing/],
  ])('because it answered %s lets nobody in', (_, message, said) => {
    const failed = heard(ended(pass(cluster(open, importedVersion(4))), 4, { exitCode: 0, message }))
    expect(failed.model.status?.holders).toEqual({})
    expect(statusOf(failed, 4).bundle).toBeUndefined()
    expect(statusOf(failed, 4).import?.message).toMatch(said)
  })
})

describe('a version that is not imported', () => {
  it.each([['Promote'], ['Bypass']] as const)('is let in by no %s of a person', action => {
    const decided = pass({ ...cluster(open, importedVersion(4)), decisions: [sampleDecision({ action, stage: 'Production', version: 4 })] })
    expect(decided.model.status?.holders).toEqual({})
    expect(decided.model.status?.answered?.[0]).toMatchObject({
      outcome: 'Refused',
      message: 'version 4 has no bundle: is being imported from claim models, path churn/v4',
    })
  })

  it('makes void what was approved, because nobody can have looked at it', () => {
    const stage = { name: 'Production', automatic: true, approvals: { required: 1, notAuthor: false, expireAfter: '72h' } }
    const version = importedVersion(4)
    const decided = pass({ ...cluster({ stages: [stage] }, version), decisions: [approval(stage, version)] })
    expect(decided.model.status?.answered?.[0]).toMatchObject({ outcome: 'Void', message: expect.stringContaining('no bundle yet') })
  })

  it('names no judgement to be approved, and no verdict but that there is none', () => {
    const asked = pass(cluster(gated, importedVersion(4)))
    expect(statusOf(asked, 4).gateRun).toBeUndefined()
    expect(statusOf(asked, 4).gates).toMatchObject([
      { verdict: 'Inconclusive', message: expect.stringContaining('once the version is imported') },
    ])
  })

  it('is nothing to compare with, should a holder be created anew', () => {
    const stages = [{ name: 'Production', automatic: true, gates: [{ metric: 'accuracy', versus: 'holder' as const, margin: 0.01 }] }]
    const start = cluster({ stages }, importedVersion(1), sampleVersion(2, 0.95))
    start.model = { ...start.model, status: { holders: { Production: 1 }, lastVersion: 2 } }
    const judged = pass(start)
    expect(judged.model.status?.holders).toEqual({ Production: 1 })
    expect(says(judged, 2)).toContain('version 1 holds Production, but its ModelVersion does not exist')
  })

  it('that a person rejected is not fetched any more', () => {
    const asked = pass(cluster(open, importedVersion(4)))
    const decisions = [sampleDecision({ action: 'Reject', stage: 'Production', version: 4, reason: 'no' })]
    const rejected = pass({ ...asked, decisions })
    expect(rejected.jobs).toEqual([])
    expect(says(rejected, 4)).toBe('True Rejected: rejected by ann: no')
  })

  it('is another one than an earlier version of its name', () => {
    const asked = pass(cluster(open, importedVersion(4)))
    const version = importedVersion(4)
    const anew = { ...version, metadata: { ...version.metadata, uid: 'another' } }
    const { versions } = heard({ ...succeeded(asked, 4), versions: [anew] })
    expect(versions.map(bundleOf)).toEqual([undefined])
  })

  it('has no bundle, whatever its spec asks for', () => {
    expect(bundleOf(importedVersion(4, fromClaim))).toBeUndefined()
    expect(bundleOf(sampleVersion(4, 0.9))?.digest).toBe(digestOf(4))
  })
})
