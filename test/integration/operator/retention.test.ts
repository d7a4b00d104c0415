import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CleanupConfig } from '../../../operator/api/cleanupjob.ts'
import type { Model } from '../../../operator/api/model.ts'
import { modelVersions } from '../../../operator/controllers/resources.ts'
import type { KubeObject } from '../../../operator/runtime/shape.ts'
import { AuditLog } from '../../cluster/auditlog.ts'
import { sampleBundle } from '../../conformance/samplebundle.ts'
import { good } from '../api/goodobjects.ts'
import { OPERATOR, until, untilDone } from '../policies/guarded.ts'
import { testClient } from '../runtime/operate.ts'
import { type Operated, openOperated } from './operated.ts'

const program = join(import.meta.dirname, '../../../images/server/cleanup/cleanup.ts')
const { folder, digest } = sampleBundle()
/** What the claim iris-artifacts would hold; no node is there to mount it. */
const claim = mkdtempSync(join(tmpdir(), 'claim-'))
let operated: Operated
const kubectl = (...args: string[]) => operated.guarded.bench.kubectl([...args, '-n', 'team-a'])
const create = (object: object) => operated.guarded.bench.kubectl(['create', '-n', 'team-a', '-f', '-'], object)

beforeAll(async () => {
  operated = await openOperated(['team-a'], { controllers: ['job-controller', 'serviceaccount-controller'] })
  for (const role of ['edit', 'tidegate-bypass']) await operated.guarded.bind({ who: 'ann', namespace: 'team-a', role })
}, 900_000)
afterAll(() => operated?.stop())

const register = async (number: number): Promise<void> => {
  cpSync(folder, join(claim, `iris/${number}`), { recursive: true })
  const artifact = { claim: 'iris-artifacts', path: `iris/${number}` }
  const spec = { ...good.ModelVersion.spec, version: number, artifact, digest }
  const object = { ...good.ModelVersion, metadata: { name: `iris-v${number}` }, spec }
  // The author is written down only once the API server has read the schemas.
  await untilDone(() => create(object))
}

const model = {
  ...good.Model,
  metadata: { name: 'iris' },
  spec: { stages: [{ name: 'Staging', gates: [{ metric: 'accuracy', above: 0.99 }] }], retention: { keep: 1, archivedFor: '1s' } },
}

interface Listed {
  items: { metadata: { name: string }; spec: { containers: { args: string[] }[] } }[]
}

const pods = async () => (JSON.parse((await kubectl('get', 'pods', '-o', 'json')).stdout) as Listed).items

/** The part of a node: runs the program that the pod asks for, and reports its end as a kubelet does. */
const runPod = async ({ metadata: { name }, spec }: Listed['items'][0]): Promise<void> => {
  const [, config = ''] = spec.containers[0]?.args ?? []
  const here = { ...(JSON.parse(config) as CleanupConfig), root: claim }
  const report = join(mkdtempSync(join(tmpdir(), 'report-')), 'report')
  const { status } = spawnSync(process.execPath, [program, '--config', JSON.stringify(here), '--termination-log', report])
  const terminated = { exitCode: status, message: readFileSync(report, 'utf8'), finishedAt: new Date().toISOString() }
  const containerStatuses = [{ name: 'cleanup', state: { terminated }, ready: false, restartCount: 0, image: 'x', imageID: 'x' }]
  const patch = JSON.stringify({ status: { phase: 'Succeeded', containerStatuses } })
  expect(await kubectl('patch', 'pod', name, '--subresource=status', '--type=merge', '-p', patch)).toMatchObject({ code: 0 })
}

const deletions = async (): Promise<string[]> => {
  const log = new AuditLog(operated.guarded.bench.plane.auditLog, OPERATOR)
  const writes = await log.operatorWritesSince(0, 'team-a')
  return writes.filter(({ verb, resource }) => verb === 'delete' && resource === 'modelversions').map(({ name, code }) => `${name} ${code}`)
}

describe(`retention, as ${OPERATOR} carries it out with its own rights`, () => {
  it('retires what is old, has its bundles removed, tells it, and deletes the objects', async () => {
    for (const number of [1, 2, 3]) await register(number)
    // Old enough, all of them: whoever is due alone goes alone.
    await sleep(2000)
    expect(await create(model)).toMatchObject({ code: 0 })
    await until('[1,2]', async () => {
      const answer = await kubectl('get', 'model', 'iris', '-o', 'json')
      const { status } = JSON.parse(answer.stdout) as Model
      return { ...answer, output: JSON.stringify(status?.retired?.map(({ version }) => version)) }
    })
    await until('Retired', () => kubectl('get', 'mv', 'iris-v1', '-o', 'jsonpath={.status.conditions[0].reason}'))

    const ann = await operated.guarded.as({ user: 'ann' })
    const wish = { action: 'Bypass', model: 'iris', stage: 'Staging', version: 1, digest, reason: 'I want it', by: 'ann' }
    const decision = { ...good.Decision, metadata: { name: 'said', namespace: 'team-a' }, spec: wish }
    await untilDone(() => ann(['create', '-f', '-'], decision))
    await until('Refused: version 1 of iris is retired since', () =>
      kubectl('get', 'decision', 'said', '-o', 'jsonpath={.status.outcome}: {.status.message}'),
    )

    await expect.poll(pods, { timeout: 30_000, interval: 500 }).toHaveLength(1)
    expect((await kubectl('get', 'mv', '-o', 'name')).stdout.trim().split('\n')).toHaveLength(3)
    await runPod((await pods())[0] as Listed['items'][0])
    await until('removed the bundles of versions 1, 2', () => kubectl('get', 'model', 'iris', '-o', 'jsonpath={.status.retention.message}'))
    await expect
      .poll(async () => (await kubectl('get', 'mv', '-o', 'name')).stdout, { timeout: 30_000, interval: 500 })
      .toBe('modelversion.tidegate.io/iris-v3\n')
    await until('[]', () => kubectl('get', 'model', 'iris', '-o', 'jsonpath={.status.retired}'))
    expect(readdirSync(join(claim, 'iris'))).toEqual(['3'])
    await until('Removed', () => kubectl('get', 'events', '--field-selector', 'involvedObject.kind=Model'))
    expect(await deletions()).toEqual(['iris-v1 200', 'iris-v2 200'])
  })

  it('deletes no version that was changed, or made anew, since it was looked at', async () => {
    const client = testClient(operated.guarded.bench.plane)
    const target = { namespace: 'team-a', name: 'iris-v3' }
    const looked = (await client.get(modelVersions, target)) as KubeObject
    await kubectl('annotate', 'mv', 'iris-v3', 'seen=yes')
    await expect(client.removeUnchanged(modelVersions, looked)).rejects.toThrow(/409 Conflict: .* the ResourceVersion in the precondition/)
    const changed = (await client.get(modelVersions, target)) as KubeObject
    const other = { ...changed, metadata: { ...changed.metadata, uid: '0f0b6c56-0d5e-4a67-8f2e-2f3f1f3a6a55' } }
    await expect(client.removeUnchanged(modelVersions, other)).rejects.toThrow(/409 Conflict: .* the UID in the precondition/i)
    expect((await client.get(modelVersions, target))?.metadata.uid).toBe(looked.metadata.uid)
    await client.close()
  })
})
