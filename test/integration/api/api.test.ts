import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kinds } from '../../../operator/api/kinds.ts'
import { type ControlPlane, startControlPlane } from '../../cluster/controlplane.ts'
import { type BadObject, badObjects } from './badobjects.ts'
import { good } from './goodobjects.ts'

const root = join(import.meta.dirname, '../../..')
let plane: ControlPlane

const kubectl = (args: string[], input?: unknown): Promise<{ code: number; said: string; printed: string }> =>
  new Promise(resolve => {
    const child = spawn(plane.kubectl, args, { env: { ...process.env, KUBECONFIG: plane.kubeconfig } })
    let said = ''
    let printed = ''
    child.stderr.on('data', chunk => (said += chunk))
    child.stdout.on('data', chunk => (printed += chunk))
    child.on('close', code => resolve({ code: code ?? -1, said, printed }))
    child.stdin.end(input === undefined ? '' : JSON.stringify(input))
  })

beforeAll(async () => {
  plane = await startControlPlane()
  const applied = await kubectl(['apply', '--server-side', '-f', join(root, 'crds')])
  expect(applied).toMatchObject({ code: 0, said: '' })
  await kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s'])
}, 900_000)
afterAll(() => plane?.stop())

const step = (node: Record<string, unknown>, key: string) => {
  node[key] ??= {}
  return node[key] as Record<string, unknown>
}

const changed = ({ kind, at, value }: BadObject): unknown => {
  const copy = structuredClone(good[kind]) as unknown as Record<string, unknown>
  const path = at.split('.')
  const last = path.pop() as string
  const parent = path.reduce<Record<string, unknown>>((node, key) => step(node, key), copy)
  if (value === undefined) delete parent[last]
  else parent[last] = value
  return copy
}

describe('the API on a real API server', () => {
  it('accepts the CRDs a second time by a client-side apply without a warning', async () => {
    expect(await kubectl(['apply', '-f', join(root, 'crds'), '--dry-run=server'])).toMatchObject({ code: 0 })
  })

  it.each(kinds.map(kind => kind.kind))('accepts a good %s without a warning', async kind => {
    const answer = await kubectl(['create', '--dry-run=server', '-f', '-'], good[kind as keyof typeof good])
    expect(answer).toMatchObject({ code: 0, said: '' })
  })

  it.each(kinds.map(kind => kind.plural))('explains every field of %s', async plural => {
    const { code, printed } = await kubectl(['explain', plural, '--recursive'])
    expect(code).toBe(0)
    expect(printed).toContain('spec')
  })

  it('lists all kinds in the category tidegate', async () => {
    const { printed } = await kubectl(['api-resources', '--categories=tidegate', '-o', 'name'])
    expect(printed.trim().split('\n').sort()).toEqual(kinds.map(kind => `${kind.plural}.tidegate.io`).sort())
  })

  it(`knows at least 60 bad objects`, () => expect(badObjects.length).toBeGreaterThanOrEqual(60))

  it.each(badObjects.map(each => [`${each.kind} with ${each.at} = ${JSON.stringify(each.value)?.slice(0, 60)}`, each] as const))(
    'refuses a %s in words',
    async (_, object) => {
      const answer = await kubectl(['create', '--dry-run=server', '-f', '-'], changed(object))
      expect(answer.code).toBe(1)
      for (const words of object.says) expect(answer.said).toContain(words)
    },
  )

  it('refuses any change of a ModelVersion, with what to do instead', async () => {
    await kubectl(['create', '-f', '-'], good.ModelVersion)
    const patch = JSON.stringify({ spec: { digest: `sha256:${'1'.repeat(64)}` } })
    const answer = await kubectl(['patch', 'mv', 'iris-v1', '--type=merge', '-p', patch])
    expect(answer.said).toContain('a ModelVersion is immutable: train or register a new version instead')
  })

  it('fills in the defaults', async () => {
    const small = {
      ...good.TrainingJob,
      spec: { model: 'iris', data: { source: { builtin: 'iris' } }, candidates: [{ algorithm: 'randomForest' }] },
    }
    const { printed } = await kubectl(['create', '--dry-run=server', '-o', 'json', '-f', '-'], small)
    expect(JSON.parse(printed).spec).toMatchObject({
      task: 'classification',
      suspend: false,
      data: { checks: { minRows: 10, maxMissing: 0.1, onFailure: 'fail' }, split: { method: 'hash', test: 0.2, seed: 42 } },
      storage: { data: {}, artifacts: {} },
      compute: { deadline: '1h', retries: 2 },
    })
  })
})
