import { describe, expect, it } from 'vitest'
import { label } from '../../../api/contract.ts'
import type { DecisionSpec } from '../../../api/decision.ts'
import type { ModelSpec } from '../../../api/model.ts'
import type { Job } from '../../observed.ts'
import { restrictedContainer, restrictedPod } from '../../pods/restricted.ts'
import { digestOf, later, sampleDecision, sampleService, sampleVersion } from '../sampleworld.ts'
import { type Cluster, configOf, emptyCluster, look, pass, registered, worked } from './samplecluster.ts'

const spec: ModelSpec = {
  stages: [{ name: 'Production', gates: [{ metric: 'accuracy', atLeast: 0.5 }], automatic: true }],
  retention: { keep: 2, archivedFor: '1h' },
}

/** Versions 1 to 5 held Production one after the other, at the minutes 1 to 5; version 6 never did. */
const grown = (more: Partial<ModelSpec> = {}): Cluster => {
  let cluster = emptyCluster({ ...spec, ...more })
  for (let number = 1; number <= 5; number++)
    cluster = pass({ ...registered(cluster, sampleVersion(number, 0.5 + number / 100, { at: later(number) })), minutes: number })
  return pass(registered(cluster, sampleVersion(6, 0.1, { at: later(6) })))
}
const aged = (cluster: Cluster, minutes = 120): Cluster => ({ ...cluster, minutes })
const retired = ({ status }: Cluster) => status?.retired?.map(({ version }) => version)
const numbers = ({ versions }: Cluster) => versions.map(({ spec: { version } }) => version)
const done = (cluster: Cluster): Cluster => cluster.jobs.reduce((known, job) => (job.status ? known : worked(known, job, 'done')), cluster)
const ready = ({ versions }: Cluster, number: number) =>
  versions.find(({ spec: { version } }) => version === number)?.status?.conditions?.find(({ type }) => type === 'Ready')
const settled = (cluster: Cluster): Cluster => pass(pass(pass(done(pass(cluster)))))

describe('retention', () => {
  it('retires in one write, then has the bundles removed, then deletes the objects', () => {
    const marked = pass(aged(grown()), 'commit')
    expect(retired(marked)).toEqual([1, 2, 3])
    expect(marked.jobs).toEqual([])
    const cleaning = pass(marked)
    expect(configOf(cleaning.jobs[0] ?? ({} as never)).bundles).toEqual(
      [1, 2, 3].map(version => ({ version, path: `iris/${version}`, digest: digestOf(version) })),
    )
    expect(ready(cleaning, 1)).toMatchObject({ reason: 'Retired', message: 'retired at 2026-01-01T02:00Z: its bundle is being removed' })
    expect(look(cleaning).remove).toEqual([])
    const heard = pass(done(cleaning))
    expect(heard.status?.retention).toMatchObject({
      removed: 3,
      freedBytes: 300,
      message: 'removed the bundles of versions 1, 2, 3, 300 bytes',
    })
    expect(numbers(heard)).toEqual([1, 2, 3, 4, 5, 6])
    expect(look(heard)).toMatchObject({ requeueAfter: 1 })
    const gone = pass(pass(heard))
    expect(numbers(gone)).toEqual([4, 5, 6])
    expect(retired(gone)).toEqual([])
    expect([...gone.folders]).toEqual(['iris-artifacts iris/4', 'iris-artifacts iris/5', 'iris-artifacts iris/6'])
    expect(look(gone).status).toEqual(gone.status)
  })

  it('tells what was removed, and what could not be', () => {
    const cleaning = pass(aged(grown()))
    const job = cleaning.jobs[0] as Job
    expect(look(done(cleaning)).events).toEqual([
      { type: 'Normal', reason: 'Removed', message: 'removed the bundles of versions 1, 2, 3, 300 bytes' },
    ])
    const refused = worked(cleaning, job, 'refused')
    expect(look(refused).events).toEqual([
      {
        type: 'Warning',
        reason: 'CleanupFailed',
        message: 'could not remove 3, tries again later: version 1: it was changed; version 2: it was changed; version 3: it was changed',
      },
    ])
    const waiting = pass(refused)
    expect(ready(waiting, 2)?.message).toBe(
      'retired at 2026-01-01T02:00Z: its bundle could not be removed: it was changed; it is tried again from 2026-01-01T02:01Z on',
    )
    expect(look(waiting)).toMatchObject({ remove: [], requeueAfter: 60 })
    const again = pass({ ...waiting, minutes: 122 })
    expect(again.jobs.filter(({ status }) => !status)).toHaveLength(1)
    expect(numbers(pass(pass(pass(done(again)))))).toEqual([4, 5, 6])
  })

  it('removes nothing without spec.retention, nor before the time has come', () => {
    const { retention: _, ...plain } = spec
    expect(retired(pass(aged({ ...grown(), spec: plain }, 1_000_000)))).toEqual([])
    const young = aged(grown(), 61)
    expect(retired(pass(young))).toEqual([])
    // Version 1 was archived at minute 2.
    expect(look(young).requeueAfter).toBe(60)
    expect(retired(pass(aged(young, 62)))).toEqual([1])
  })

  it.each<[string, (cluster: Cluster) => Cluster, number[]]>([
    ['a holder, the newest two and the one that a rollback would go to', cluster => cluster, [1, 2, 3]],
    ['one that is served', cluster => ({ ...cluster, services: [sampleService('shop', { entry: 2 })] }), [1, 3]],
    ['one that a service asks for', cluster => ({ ...cluster, services: [sampleService('shop', undefined, 3)] }), [1, 2]],
    ['one that a person decides about', cluster => ({ ...cluster, decisions: [waiting({ action: 'Approve', version: 1 })] }), [2, 3]],
  ])('never retires %s', (_, change, expected) => {
    expect(retired(pass(aged(change(grown()))))).toEqual(expected)
  })

  it('takes the oldest move that is left for a version whose own move is in the ledger', () => {
    const cluster = grown({ retention: { archivedFor: '1h' } })
    const status = {
      ...cluster.status,
      history: cluster.status?.history?.slice(0, 1).map(move => ({ ...move, at: later(90).toISOString() })),
    }
    expect(retired(pass({ ...cluster, status: status as never, minutes: 140 }))).toEqual([])
    expect(retired(pass({ ...cluster, status: status as never, minutes: 151 }))).toContain(1)
  })

  it('needs keep alone, or archivedFor alone', () => {
    expect(retired(pass(grown({ retention: { keep: 3 } })))).toEqual([1, 2, 3])
    expect(retired(pass(aged(grown({ retention: { archivedFor: '1h' } }))))).toEqual([1, 2, 3, 6])
  })

  it('spares a version that may yet enter by itself', () => {
    const [production] = spec.stages as [ModelSpec['stages'][0]]
    const soaking = { ...spec, stages: [{ ...production, soak: '5h' }], retention: { archivedFor: '1h' } }
    const two = registered(emptyCluster(soaking), sampleVersion(1, 0.9), sampleVersion(2, 0.9))
    expect(retired(pass(aged(two)))).toEqual([])
  })
})

describe('a retired version', () => {
  const cluster = pass(aged(grown()))

  const waitingFor = (action: DecisionSpec['action'], version?: number) => {
    const decided = pass({ ...cluster, decisions: [waiting({ action, ...(version && { version }) })] })
    return { holder: decided.status?.holders?.['Production'], ...decided.decisions[0]?.status }
  }

  it.each(['Promote', 'Bypass', 'Restore', 'Rollback', 'Approve', 'Reject', 'Archive'] as const)(
    'is beyond %s, and the answer says why',
    action => {
      expect(waitingFor(action, 3)).toMatchObject({
        holder: 5,
        outcome: 'Refused',
        message:
          'version 3 of iris is retired since 2026-01-01T02:00:00.000Z and its bundle is being removed: train it again, or register a copy of the bundle under a new number',
      })
    },
  )

  it('is no version that a rollback goes to', () => {
    expect(waitingFor('Rollback')).toMatchObject({ holder: 4, outcome: 'Applied' })
    const rolledBack = pass({
      ...cluster,
      versions: cluster.versions.filter(({ spec: { version } }) => version !== 4),
      decisions: [waiting({ action: 'Rollback' })],
    })
    expect(rolledBack.decisions[0]?.status?.message).toContain('no version that held it before still exists')
  })

  it('waits while somebody serves it, and its Job is given up', () => {
    const served = pass({ ...cluster, services: [sampleService('shop', { entry: 2 })] })
    expect(served.jobs.map(job => configOf(job).bundles.map(({ version }) => version))).toEqual([[1, 3]])
    expect(ready(served, 2)?.message).toBe('retired at 2026-01-01T02:00Z: it waits, because shop serves it')
    expect(numbers(settled(served))).toEqual([2, 4, 5, 6])
    expect(numbers(settled(settled({ ...served, services: [] })))).toEqual([4, 5, 6])
  })

  it('that waits for somebody wakes nobody', () => {
    const failed = pass(worked(cluster, cluster.jobs[0] as Job, 'refused'))
    const services = [sampleService('shop', { entry: 1 }), sampleService('blog', { entry: 2 }), sampleService('news', { entry: 3 })]
    expect(look(pass(aged({ ...failed, services }, 1000)))).not.toHaveProperty('requeueAfter')
    const busy = pass(aged(registered(failed, sampleVersion(7, 0.2, { at: later(120) })), 122))
    expect(busy.jobs.filter(({ status }) => !status)).toHaveLength(1)
    expect(look(busy)).not.toHaveProperty('requeueAfter')
  })

  it('waits while the Model has no spec.retention', () => {
    const { retention: _, ...plain } = spec
    const stopped = pass({ ...cluster, spec: plain })
    expect(stopped.jobs).toEqual([])
    expect(ready(stopped, 1)?.message).toBe('retired at 2026-01-01T02:00Z: nothing is removed while the Model has no spec.retention')
    expect(numbers(settled(stopped))).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('is forgotten when its number belongs to another object', () => {
    const [first, ...others] = cluster.versions
    const other = { ...first, metadata: { ...first?.metadata, uid: 'another' } } as (typeof others)[0]
    const after = pass(done({ ...cluster, versions: [other, ...others] }))
    expect(look(after).remove?.map(({ metadata }) => metadata.name)).toEqual(['iris-v2', 'iris-v3'])
  })
})

describe('a folder', () => {
  const at = (number: number, path: string, model = 'iris', claim = 'iris-artifacts') => {
    const version = sampleVersion(number, 0.4)
    const metadata = { ...version.metadata, name: `${model}-v${number}`, uid: `${model}-v${number}` }
    return { ...version, metadata, spec: { ...version.spec, model, artifact: { claim, path } } }
  }
  const old: ModelSpec = { ...spec, retention: { keep: 1, archivedFor: '1h' } }
  const cleaned = (...versions: ReturnType<typeof at>[]) => settled(aged(registered(emptyCluster(old), ...versions)))

  it.each(['iris/1', 'iris', 'iris/1/inner'])('that another model names as %s stays, and the object goes', path => {
    const start = registered(emptyCluster(old), at(1, 'iris/1'), at(2, 'iris/2'))
    const after = settled(aged({ ...start, neighbours: [at(1, path, 'wine')] }))
    expect(numbers(after)).toEqual([2])
    expect([...after.folders]).toEqual(['iris-artifacts iris/1', 'iris-artifacts iris/2'])
  })

  it('of the same name on another claim is another folder', () => {
    const start = registered(emptyCluster(old), at(1, 'iris/1'), at(2, 'iris/2'))
    const after = settled(aged({ ...start, neighbours: [at(1, 'iris/1', 'wine', 'other')] }))
    expect([...after.folders]).toEqual(['iris-artifacts iris/2'])
  })

  it('that two retired versions share goes with the last of them', () => {
    const after = cleaned(at(1, 'iris/a'), at(2, 'iris/a'), at(3, 'iris/b'))
    expect(numbers(after)).toEqual([3])
    expect([...after.folders]).toEqual(['iris-artifacts iris/b'])
  })

  it('is removed by one Job for each claim', () => {
    const { jobs } = pass(aged(registered(emptyCluster(old), at(1, 'a'), at(2, 'b', 'iris', 'other'), at(3, 'c'), at(4, 'd'))))
    expect(jobs.map(job => configOf(job).bundles.map(({ path }) => path))).toEqual([['a', 'c'], ['b']])
  })
})

describe('the Job', () => {
  it('may do no more than a gate Job, and mounts the claim to write', () => {
    const job = pass(aged(grown())).jobs[0] as Job
    const { template } = job.spec as unknown as { template: { metadata: object; spec: { containers: [object]; volumes: object[] } } }
    expect(job.metadata.labels).toMatchObject({ [label.managedBy]: 'tidegate', [label.model]: 'iris', [label.name]: 'cleanup' })
    expect(template.spec).toMatchObject({ ...restrictedPod, restartPolicy: 'Never' })
    expect(template.spec.containers[0]).toMatchObject({
      ...restrictedContainer,
      command: ['node', '--disable-proto=delete', '/opt/tidegate/cleanup.js'],
      volumeMounts: [{ name: 'bundles', mountPath: '/bundles' }],
    })
    expect(template.spec.volumes).toEqual([{ name: 'bundles', persistentVolumeClaim: { claimName: 'iris-artifacts' } }])
  })
})

function waiting(more: Partial<DecisionSpec> & Pick<DecisionSpec, 'action'>) {
  return sampleDecision({ stage: 'Production', reason: 'because', ...more }, { name: 'said' })
}
