import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { digestOfBundle } from '../../../images/server/bundle/folder.ts'
import type { Manifest } from '../../../operator/api/bundle.ts'
import type { ImportConfig } from '../../../operator/api/importjob.ts'
import { sampleBundle } from '../../conformance/samplebundle.ts'
import { emptyClaim } from '../../imports/classifier.ts'
import { good } from '../api/goodobjects.ts'
import { OPERATOR, until } from '../policies/guarded.ts'
import { type Operated, openOperated } from './operated.ts'

const program = join(import.meta.dirname, '../../../images/server/import.ts')
/** What the claims would hold; no node is there to mount them. */
const [claim, source] = [emptyClaim(), measuredBundle()]
const digest = digestOfBundle(source)
let operated: Operated
const kubectl = (...args: string[]) => operated.guarded.bench.kubectl([...args, '-n', 'team-a'])
const create = (object: object) => operated.guarded.bench.kubectl(['create', '-n', 'team-a', '-f', '-'], object)

/** As the trainer leaves it: with the number of its test rows. */
function measuredBundle(): string {
  const { folder } = sampleBundle()
  const file = join(folder, 'manifest.json')
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest
  writeFileSync(file, JSON.stringify({ ...manifest, data: { ...manifest.data, testRows: 30 } }))
  return folder
}

beforeAll(async () => {
  operated = await openOperated(['team-a'], { controllers: ['job-controller', 'serviceaccount-controller'] })
}, 900_000)
afterAll(() => operated?.stop())

const register = async (number: number, asked: string): Promise<void> => {
  const { evaluation: _, source: __, ...spec } = good.ModelVersion.spec
  const artifact = { claim: 'iris-artifacts', path: `iris/v${number}` }
  const how = { from: { claim: { name: 'models', path: 'v4' } } }
  const object = {
    ...good.ModelVersion,
    metadata: { name: `iris-v${number}` },
    spec: { ...spec, version: number, artifact, digest: asked, import: how },
  }
  expect(await create(object)).toMatchObject({ code: 0 })
}

interface Listed {
  items: {
    metadata: { name: string; labels: Record<string, string> }
    spec: { containers: { args: string[] }[] }
    status: { phase: string }
  }[]
}

const podOf = async (number: number): Promise<Listed['items'][0]> => {
  const find = async () => {
    const { items } = JSON.parse((await kubectl('get', 'pods', '-o', 'json')).stdout) as Listed
    return items.find(({ metadata, status }) => metadata.labels['tidegate.io/version'] === String(number) && status.phase === 'Pending')
  }
  await expect.poll(find, { timeout: 30_000, interval: 500 }).toBeDefined()
  return (await find()) as Listed['items'][0]
}

/** The part of a node: runs the program that the pod asks for, and reports its end as a kubelet does. */
const runPod = async ({ metadata: { name }, spec }: Listed['items'][0]): Promise<void> => {
  const [, config = ''] = spec.containers[0]?.args ?? []
  const asked = JSON.parse(config) as ImportConfig
  const here = { ...asked, root: claim, source: dirname(source), from: { claim: { name: 'models', path: basename(source) } } }
  const report = join(mkdtempSync(join(tmpdir(), 'report-')), 'report')
  const { status } = spawnSync(process.execPath, [program, '--config', JSON.stringify(here)], {
    env: { PATH: process.env['PATH'], TIDEGATE_TERMINATION_LOG: report },
  })
  const terminated = { exitCode: status, message: readFileSync(report, 'utf8'), finishedAt: new Date().toISOString() }
  const containerStatuses = [{ name: 'import', state: { terminated }, ready: false, restartCount: 0, image: 'x', imageID: 'x' }]
  const patch = JSON.stringify({ status: { phase: status === 0 ? 'Succeeded' : 'Failed', containerStatuses } })
  expect(await kubectl('patch', 'pod', name, '--subresource=status', '--type=merge', '-p', patch)).toMatchObject({ code: 0 })
}

describe(`an import, as ${OPERATOR} carries it out with its own rights`, () => {
  it('waits for its Job, then passes the gates by what came along, and shows it in its columns', async () => {
    const gates = [{ metric: 'accuracy', atLeast: 0.85 }]
    expect(await create({ ...good.Model, metadata: { name: 'iris' }, spec: { stages: [{ name: 'Production', gates }] } })).toMatchObject({
      code: 0,
    })
    await register(1, digest)
    await until('Unknown Importing', () =>
      kubectl('get', 'mv', 'iris-v1', '-o', 'jsonpath={.status.conditions[0].status} {.status.conditions[0].reason}'),
    )
    expect((await kubectl('get', 'mv', 'iris-v1')).stdout).toContain('is being imported from claim models, path v4')
    await runPod(await podOf(1))
    await until('Production', () => kubectl('get', 'mv', 'iris-v1', '-o', 'jsonpath={.status.stage}'))
    expect((await kubectl('get', 'mv', 'iris-v1')).stdout).toMatch(/iris-v1\s+iris\s+1\s+Production\s+0\.9\s/)
    expect((await kubectl('get', 'mv', 'iris-v1', '-o', 'jsonpath={.status.bundle.digest}')).stdout).toBe(digest)
    expect(digestOfBundle(join(claim, 'iris/v1'))).toBe(digest)
  })

  it('of what the source does not hold is refused, and the version is stalled', async () => {
    await register(2, `sha256:${'0'.repeat(64)}`)
    await runPod(await podOf(2))
    await until('ImportFailed', () => kubectl('get', 'mv', 'iris-v2', '-o', 'jsonpath={.status.conditions[?(@.type=="Stalled")].reason}'))
    expect((await kubectl('get', 'mv', 'iris-v2')).stdout).toContain('the source holds a bundle with the digest')
    expect((await kubectl('get', 'mv', 'iris-v2', '-o', 'jsonpath={.status.stage}')).stdout).toBe('None')
  })
})
