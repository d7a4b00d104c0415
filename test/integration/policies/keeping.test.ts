import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { good } from '../api/goodobjects.ts'
import { type Guarded, openGuarded, until, untilDone } from './guarded.ts'

type Kubectl = Awaited<ReturnType<Guarded['as']>>
let guarded: Guarded
let ann: Kubectl
let eve: Kubectl

beforeAll(async () => {
  guarded = await openGuarded(['namespace-controller', 'garbage-collector-controller'])
  const { bench, bind } = guarded
  for (const name of ['team-a', 'leaving', 'stuck']) {
    await bench.kubectl(['create', 'namespace', name])
    await bind({ who: 'ann', namespace: name, role: 'edit' })
    await bind({ who: 'eve', namespace: name, role: 'admin' })
  }
  await bench.kubectl(['create', 'clusterrole', 'landlord', '--verb=get,list,watch,delete', '--resource=namespaces'])
  await bench.kubectl(['create', 'clusterrolebinding', 'landlord', '--clusterrole=landlord', '--user=olga'])
  ann = await guarded.as({ user: 'ann' })
  eve = await guarded.as({ user: 'eve' })
  await untilDone(() => ann(['create', '--dry-run=server', '-f', '-'], version(99)))
  await until('denied request', () => eve(['create', '--dry-run=server', '-f', '-'], ledger('probe')))
  await register(99, { stage: 'Production' })
  await until('denied request', () => ann(['delete', 'mv', 'iris-v99', '-n', 'team-a', '--dry-run=server']))
}, 900_000)
afterAll(() => guarded?.stop())

const version = (number: number, namespace = 'team-a', more = {}) => ({
  ...good.ModelVersion,
  metadata: { name: `iris-v${number}`, namespace, ...more },
  spec: { ...good.ModelVersion.spec, version: number },
})

const ledger = (name: string, namespace = 'team-a', more = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, labels: { 'tidegate.io/ledger': 'iris' }, ...more },
  data: { moves: '[]' },
})

const stand = (name: string, status: object, namespace = 'team-a') =>
  guarded.bench.kubectl(['patch', 'mv', name, '-n', namespace, '--subresource=status', '--type=merge', '-p', JSON.stringify({ status })])

/** A version that somebody with the role edit registered, and what the operator says of it. */
const register = async (number: number, status: object, namespace = 'team-a', more = {}): Promise<void> => {
  expect(await ann(['create', '-f', '-'], version(number, namespace, more))).toMatchObject({ code: 0 })
  expect(await stand(`iris-v${number}`, status, namespace)).toMatchObject({ code: 0 })
}

/** What the operator writes down about moves. */
const record = async (name: string, namespace = 'team-a', more = {}): Promise<void> => {
  const operator = await guarded.asOperator()
  const { output } = await operator(['create', '-f', '-'], ledger(name, namespace, more))
  expect(output).toBe(`configmap/${name} created\n`)
}

const remove = async (what: string, kubectl = ann): Promise<string> =>
  (await kubectl(['delete', ...what.split(' '), '-n', 'team-a', '--wait=false'])).output.trim()

const denied = (policy: string) => `is forbidden: ValidatingAdmissionPolicy '${policy}' with binding '${policy}' denied request:`

describe('a version', () => {
  it('that holds a stage is not deleted before it is archived', async () => {
    await register(1, { stage: 'Production' })
    expect(await remove('mv iris-v1')).toContain(
      `modelversions.tidegate.io "iris-v1" ${denied('tidegate-versions')} iris-v1 holds Production: ` +
        'promote another version to Production first, or archive this one with a Decision; then delete it',
    )
    await stand('iris-v1', { stage: 'Archived' })
    expect(await remove('mv iris-v1')).toBe('modelversion.tidegate.io "iris-v1" deleted from team-a namespace')
  })

  it('that is served is not deleted, whatever its stage', async () => {
    await register(2, { stage: 'Archived', servedBy: ['shop', 'blog'] })
    expect(await remove('mv iris-v2')).toContain('iris-v2 is served by shop, blog: promote another version first')
    await stand('iris-v2', { servedBy: [] })
    expect(await remove('mv iris-v2')).toContain('deleted')
  })

  it('that stands nowhere is deleted, whether the operator has seen it or not', async () => {
    await register(3, { stage: 'None' })
    await register(4, {})
    expect(await remove('mv iris-v3')).toContain('deleted')
    expect(await remove('mv iris-v4')).toContain('deleted')
  })

  it('that holds a stage is not deleted with all others at once', async () => {
    await register(5, { stage: 'Staging' })
    const { output } = await ann(['delete', '--raw', '/apis/tidegate.io/v1alpha1/namespaces/team-a/modelversions'])
    expect(output).toContain('denied request: iris-v')
    expect((await ann(['get', 'mv', 'iris-v5', '-n', 'team-a', '-o', 'name'])).output).toContain('iris-v5')
  })
})

describe('the history', () => {
  const words = `${denied('tidegate-history')} a ConfigMap with the label tidegate.io/ledger is history: only system:serviceaccount:default:tidegate writes it, and eve may read it`
  const change = async (name: string, content: object): Promise<string> =>
    (await eve(['patch', 'configmap', name, '-n', 'team-a', '--type=merge', '-p', JSON.stringify(content)])).output

  it('is written by the operator, and by no admin of the namespace', async () => {
    await record('written')
    expect(await change('written', { data: { moves: '[1]' } })).toContain(`configmaps "written" ${words}`)
    expect(await change('written', { metadata: { labels: { 'tidegate.io/ledger': null } } })).toContain(words)
    expect(await change('written', { metadata: { annotations: { seen: 'yes' } } })).toContain(words)
    expect(await remove('configmap written', eve)).toContain(words)
    expect((await eve(['create', '-f', '-'], ledger('forged'))).output).toContain(words)
    expect((await eve(['get', 'configmap', 'written', '-n', 'team-a', '-o', 'jsonpath={.data.moves}'])).output).toBe('[]')
  })

  it('is not all of them: other ConfigMaps stay free, but cannot become history', async () => {
    const plain = { ...ledger('plain'), metadata: { name: 'plain', namespace: 'team-a' } }
    expect(await eve(['create', '-f', '-'], plain)).toMatchObject({ code: 0 })
    expect(await change('plain', { data: { moves: '[1]' } })).toBe('configmap/plain patched\n')
    expect(await change('plain', { metadata: { labels: { 'tidegate.io/ledger': 'iris' } } })).toContain(words)
    expect(await remove('configmap plain', eve)).toContain('deleted')
  })

  it('leaves a finished deletion to the operator', async () => {
    const operator = await guarded.asOperator()
    expect(await remove('configmap written', operator)).toContain('deleted')
  })
})

describe('what Kubernetes itself deletes', () => {
  const gone = async (kind: string, name: string, namespace: string) => until('NotFound', () => ann(['get', kind, name, '-n', namespace]))

  it('goes with its owner, though it holds Production', async () => {
    const { stdout } = await ann(['create', '-o', 'json', '-f', '-'], { ...good.Model, metadata: { name: 'iris', namespace: 'team-a' } })
    const { uid } = (JSON.parse(stdout) as { metadata: { uid: string } }).metadata
    const owned = { ownerReferences: [{ apiVersion: 'tidegate.io/v1alpha1', kind: 'Model', name: 'iris', uid }] }
    await register(6, { stage: 'Production' }, 'team-a', owned)
    await record('owned', 'team-a', owned)
    expect(await remove('model iris')).toContain('deleted')
    await gone('mv', 'iris-v6', 'team-a')
    await gone('configmap', 'owned', 'team-a')
  })

  it('goes with its namespace, though it holds Production', async () => {
    await register(7, { stage: 'Production', servedBy: ['shop'] }, 'leaving')
    await record('history', 'leaving')
    const olga = await guarded.as({ user: 'olga' })
    const answer = await olga(['delete', 'namespace', 'leaving', '--timeout=90s'])
    expect(answer).toMatchObject({ code: 0, output: 'namespace "leaving" deleted\n' })
    expect((await olga(['get', 'namespace', 'leaving'])).output).toContain('namespaces "leaving" not found')
  })

  it('may be deleted by people, too, once the namespace is leaving', async () => {
    const { plane } = guarded.bench
    await register(8, { stage: 'Production' }, 'stuck')
    await record('history', 'stuck')
    await plane.stopPart('kube-controller-manager')
    const olga = await guarded.as({ user: 'olga' })
    expect(await olga(['delete', 'namespace', 'stuck', '--wait=false'])).toMatchObject({ code: 0 })
    await untilDone(() => ann(['delete', 'mv', 'iris-v8', '-n', 'stuck']))
    await untilDone(() => eve(['delete', 'configmap', 'history', '-n', 'stuck']))
    await plane.startPart('kube-controller-manager')
  })
})
