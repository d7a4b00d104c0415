import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Decision } from '../../../operator/api/decision.ts'
import { version } from '../../../operator/cli/example.ts'
import { decisions, inferenceServices, services, trainingJobs } from '../../../operator/controllers/resources.ts'
import { digestOf } from '../../../operator/plan/model/sampleworld.ts'
import type { Client } from '../../../operator/runtime/client.ts'
import type { KubeObject, ResourceRef } from '../../../operator/runtime/shape.ts'
import { run } from '../../cluster/command.ts'
import { type ControlPlane, startControlPlane } from '../../cluster/controlplane.ts'
import { eventually, testClient } from '../runtime/operate.ts'
import { ladderFile } from './ladderfile.ts'
import { rights } from './people.ts'
import { playedServer } from './playedserver.ts'
import { installed, type Program, type Said, started } from './program.ts'
import { registry } from './registry.ts'

const root = join(import.meta.dirname, '../../..')
let plane: ControlPlane
let client: Client & { close(): Promise<void> }
let program: Program
/** May read everything and decide. */
let anna: string
/** May read everything. */
let bert: string
/** May decide, but not read Decisions. */
let carl: string
/** What was said before the kinds were there. */
let tooEarly: Said

beforeAll(async () => {
  plane = await startControlPlane()
  client = testClient(plane)
  program = await installed()
  tooEarly = await program.run(['status', 'churn'], plane.kubeconfig)
  await run([plane.kubectl, 'apply', '--server-side', '-f', join(root, 'crds')], { env: { ...process.env, KUBECONFIG: plane.kubeconfig } })
  await eventually(
    () =>
      Promise.all([client.list(decisions), client.list(inferenceServices)]).then(
        () => true,
        () => false,
      ),
    isServed => isServed,
  )
  for (const object of rights) await client.create(object.resource, object)
  anna = await plane.kubeconfigFor({ user: 'anna', groups: ['deciders', 'risk', 'staff'] })
  bert = await plane.kubeconfigFor({ user: 'bert', groups: ['staff'] })
  carl = await plane.kubeconfigFor({ user: 'carl', groups: ['deciders', 'guests'] })
  await registry(client)
}, 900_000)

afterAll(async () => {
  program?.remove()
  await client?.close()
  await plane?.stop()
})

const tidegate = (text: string, kubeconfig = anna): Promise<Said> => {
  const words = [...text.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')
  return program.run(words, kubeconfig)
}

const newest = async (): Promise<Decision> => {
  const { items } = await client.list(decisions)
  const sorted = items.toSorted((a, b) => Number(b.metadata.resourceVersion) - Number(a.metadata.resourceVersion))
  return sorted[0] as unknown as Decision
}

describe('a command that decides', () => {
  it('makes one Decision in the name that the API server knows, bound to bundle and judgement', async () => {
    const said = await tidegate("approve churn-v6 --reason 'looked at it' --wait=0")
    expect(said).toMatchObject({ code: 0, err: '' })
    const { metadata, spec } = await newest()
    expect(metadata.name).toMatch(/^churn-approve-[a-z0-9]{5}$/)
    expect(said.out).toBe(`Approve churn-v6 for Production: made; not waited for (decision ${metadata.name})\n`)
    expect(spec).toEqual({
      action: 'Approve',
      model: 'churn',
      stage: 'Production',
      version: 6,
      digest: digestOf(6),
      gateRun: 'judgement-6',
      reason: 'looked at it',
      by: 'anna',
      groups: ['risk'],
    })
  })

  it.each([
    ['reject churn-v7 --reason worse', { action: 'Reject', stage: 'Staging', version: 7, digest: digestOf(7) }],
    ['promote churn-v6', { action: 'Promote', stage: 'Production', version: 6, gateRun: 'judgement-6' }],
    ['bypass churn-v7 --stage Production --reason outage', { action: 'Bypass', stage: 'Production', version: 7, digest: digestOf(7) }],
    ['archive churn-v5', { action: 'Archive', stage: 'Production', version: 5 }],
    ['restore churn-v4', { action: 'Restore', stage: 'Production', version: 4 }],
    ['rollback churn --to 4', { action: 'Rollback', stage: 'Production', version: 4 }],
    ['release churn --stage Production', { action: 'Release', stage: 'Production' }],
  ])('%s is accepted by the API server', async (text, spec) => {
    expect(await tidegate(`${text} --wait=0`)).toMatchObject({ code: 0, err: '' })
    expect((await newest()).spec).toMatchObject({ ...spec, model: 'churn', by: 'anna' })
  })

  it('prints the Decision for programs', async () => {
    const { out } = await tidegate('rollback churn --wait=0 -o json')
    expect(JSON.parse(out)).toMatchObject({ kind: 'Decision', spec: { action: 'Rollback', stage: 'Production', by: 'anna' } })
    const { out: text } = await tidegate('rollback churn --wait=0 -o yaml')
    expect(text).toContain('\nkind: Decision\n')
  })

  it('is refused in the words of the API server, and exits with 1', async () => {
    const before = (await client.list(decisions)).items.length
    const said = await tidegate('approve churn-v6', bert)
    expect(said).toMatchObject({ code: 1, out: '' })
    expect(said.err).toMatch(
      /^error: decisions\.tidegate\.io is forbidden: User "bert" cannot create resource "decisions" in API group "tidegate\.io" in the namespace "default"/,
    )
    expect((await client.list(decisions)).items).toHaveLength(before)
  })

  it.each([
    ['approve churn-v9', 1, /no ModelVersion named churn-v9 in namespace default: did you mean churn-v7 or churn-v6 or churn-v5\?/],
    ['approve churn', 2, /VERSION is "churn": give the name of a ModelVersion, such as churn-v4/],
    ['rollback chrun', 1, /no Model named chrun in namespace default: did you mean churn\?/],
    ['promote churn-v6 --stage Prod', 1, /Model churn has no stage Prod: did you mean Production\?/],
    ['approve churn-v5', 1, /churn-v5 stands in Production, so there is no next stage/],
    [`reject churn-v7 --reason ${'x'.repeat(257)}`, 1, /spec\.reason: Too long: may not be more than 256/],
    ['approve churn-v6 -n nowhere', 1, /no ModelVersion named churn-v6 in namespace nowhere/],
    ['approve churn-v6 --context nowhere', 1, /the kubeconfig has no context nowhere/],
    ['rollback churn --wait long', 2, /--wait is "long"/],
  ])('%s makes none and ends with %d', async (text, code, words) => {
    const before = (await client.list(decisions)).items.length
    const said = await tidegate(text)
    expect(said.err).toMatch(words)
    expect(said).toMatchObject({ code, out: '' })
    expect((await client.list(decisions)).items).toHaveLength(before)
  })

  /** Plays the operator: writes the status of the next Decision. */
  const answerNext = async (known: number, status: object): Promise<void> => {
    const { items } = await eventually(
      () => client.list(decisions),
      list => list.items.length > known,
      60,
    )
    if (items.length <= known) throw new Error('no Decision was made')
    await client.putStatus(decisions, { ...((await newest()) as unknown as KubeObject), status })
  }

  it.each([
    [{ outcome: 'Applied', message: 'version 6 holds Production' }, 0, 'out', 'applied: version 6 holds Production'],
    [{ outcome: 'Void', message: 'the judgement changed' }, 1, 'err', 'void: the judgement changed'],
    [{ outcome: 'Refused', message: 'Production is frozen' }, 1, 'err', 'refused: Production is frozen'],
    [{ message: '1 of 2 approvals' }, 0, 'out', 'counted, and waits: 1 of 2 approvals'],
  ] as const)('waits for the answer, which the test writes in place of an operator: %j', async (status, code, where, words) => {
    const known = (await client.list(decisions)).items.length
    const [said] = await Promise.all([tidegate('promote churn-v6'), answerNext(known, status)])
    expect(said.code).toBe(code)
    expect(said[where]).toMatch(/^Promote churn-v6 for Production: .* \(decision churn-promote-[a-z0-9]{5}\)\n$/)
    expect(said[where]).toContain(words)
  })

  it('says that a Decision was made even when its answer may not be read', async () => {
    const said = await tidegate('release churn --stage Production', carl)
    const { metadata, spec } = await newest()
    expect(spec.by).toBe('carl')
    expect(said).toMatchObject({ code: 1, out: '' })
    expect(said.err).toMatch(
      new RegExp(`^error: decision ${metadata.name} was made, but its answer cannot be read: .*cannot get resource "decisions"`),
    )
  })

  it('says that nobody answered when no operator runs', async () => {
    const said = await tidegate('rollback churn --wait 1')
    expect(said.code).toBe(1)
    expect(said.err).toContain('Rollback churn for Production: no answer within 1 s: the decision stands')
  })
})

describe('a command that asks', () => {
  it('says what is missing in a cluster without Tidegate', () => {
    expect(tooEarly).toMatchObject({ code: 1, out: '', err: expect.stringContaining('install the chart of Tidegate first') })
  })

  const lines = ({ code, out, err }: Said): string[] => {
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const all = out.trimEnd().split('\n')
    expect(all.filter(line => Array.from(line).length > 100)).toEqual([])
    return all
  }

  it('status shows the ladder, what a person decided, and why a version waits', async () => {
    const text = lines(await tidegate('status churn', bert)).join('\n')
    expect(text).toMatch(/^churn: Production is held by version 5\n/)
    expect(text).toMatch(/\nStaging +v6 +\d+d +1 gate, automatic\n/)
    expect(text).toMatch(/\nProduction +v5 +\d+d +no gates, 1 approval, by promotion +held by otto: rolled back\n/)
    expect(text).toMatch(/\nchurn-v7 +None +not in Staging: f1 0\.78 < 0\.80 \(95% CI 0\.71–0\.84\)\n/)
    expect(text).toMatch(/\nv3 +otto +\d+d +worse for new customers/)
    expect(text).not.toContain('churn-v4')
  })

  it('history lists the moves, the newest first, of one stage when asked', async () => {
    expect(lines(await tidegate('history churn'))).toHaveLength(7)
    const [head, first, ...rest] = lines(await tidegate('history churn --stage Production'))
    expect(head).toMatch(/^AT +VERSION +FROM +TO +ACTOR +REASON$/)
    expect(first).toMatch(/^2026-10-02 00:00:00Z +v5 +Staging +Production +otto +reason of 5$/)
    expect(rest).toHaveLength(2)
  })

  it('history --at says who held each stage then', async () => {
    const [head, , ...rows] = lines(await tidegate('history churn --at 2026-10-01T14:00+02:00'))
    expect(head).toBe('churn at 2026-10-01 12:00:00Z')
    expect(rows[0]).toMatch(/^Staging +v5 +2026-10-01 12:00:00Z +tidegate +reason of 5$/)
    expect(rows[1]).toMatch(/^Production +v4 +2026-10-01 00:00:00Z +otto +reason of 4$/)
    const { out } = await tidegate('history churn --at 2026-09-30T12:00 --stage Production')
    expect(out).toMatch(/\nProduction +nobody\n$/)
  })

  it.each(['churn-v5', 'churn-api'])('lineage of %s shows the whole way', async name => {
    const text = lines(await tidegate(`lineage ${name}`)).join('\n')
    expect(text).toMatch(/\ndata +sha256:d{12} +raw\/iris\.csv on claim rows\n/)
    expect(text).toMatch(/\nrun +churn-run-5 +Succeeded 2026-10-01 00:05:00Z\n/)
    expect(text).toMatch(/\nversion +churn-v5 +randomForest, bundle sha256:0{12}, claim churn-artifacts\n/)
    expect(text).toMatch(/\nstage +Production +since 2026-10-02 00:00:00Z\n/)
    expect(text).toMatch(/\nservice +churn-api +serves it, 2 of 2 pods ready, http:\/\/churn\.example\.org$/)
  })

  it('lineage of rows finds every version that was trained on them', async () => {
    const text = lines(await tidegate('lineage sha256:dddd')).join('\n')
    for (const number of [4, 5, 6, 7]) expect(text).toMatch(new RegExp(`\\nversion +churn-v${number} `))
    expect(text).toMatch(/\nservice +none +no InferenceService serves it/)
  })

  it('compare shows metrics with intervals, gates and data side by side', async () => {
    const text = lines(await tidegate('compare churn-v5 churn-v6')).join('\n')
    expect(text).toMatch(/\nalgorithm +randomForest +randomForest\n/)
    expect(text).toMatch(/\nf1 +0\.85 \(0\.7–0\.95\) +0\.86 \(0\.7–0\.95\) +\+0\.01\n/)
    expect(text).toMatch(/\nStaging: f1 atLeast 0\.8 +Pass +Pass$/)
    expect(JSON.parse((await tidegate('compare churn-v5 churn-v6 -o json')).out).versions[1].spec.digest).toBe(version(6).spec.digest)
  })

  it('gates shows every verdict, and what another ladder would say', async () => {
    expect(lines(await tidegate('gates churn-v5'))[1]).toMatch(/^Staging +f1 atLeast 0\.8 +Pass +f1 0\.85 ≥ 0\.8/)
    const strict = lines(await tidegate(`gates churn-v5 --file ${ladderFile(program.folder, 0.9)}`)).join('\n')
    expect(strict).toMatch(/\nStrict +f1 atLeast 0\.9 +Fail +f1 0\.85 < 0\.9.*\nStrict +f1 versus holder, margin 0 +Inconclusive/)
    expect((await tidegate(`gates churn-v5 --file ${ladderFile(program.folder, 'x')}`)).err).toContain('gates[0].atLeast')
  })

  it('is found by kubectl as its plugin', async () => {
    const said = await started([plane.kubectl, 'tidegate', 'history', 'churn'], { KUBECONFIG: anna, PATH: program.folder })
    expect(said).toMatchObject({ code: 0, err: '', out: expect.stringContaining('reason of 5') })
  })
})

describe('retrain', () => {
  it('sets another value of the annotation that asks for a run, each time', async () => {
    const asked = async (): Promise<string> => {
      const said = await tidegate('retrain churn')
      expect(said).toMatchObject({ code: 0, out: expect.stringContaining('trainingjob churn: run 7 is requested') })
      const job = await client.get(trainingJobs, { namespace: 'default', name: 'churn' })
      return job?.metadata.annotations?.['tidegate.io/run-requested'] ?? ''
    }
    const [first, second] = [await asked(), await asked()]
    expect(first).toMatch(/^2\d{3}-/)
    expect(second > first).toBe(true)
  })

  it('says which job was probably meant', async () => {
    expect(await tidegate('retrain chrun')).toMatchObject({ code: 1, err: expect.stringContaining('did you mean churn?') })
  })
})

describe('predict', () => {
  const endpoints: ResourceRef = { apiVersion: 'v1', kind: 'Endpoints', plural: 'endpoints', namespaced: true }
  const stable = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'churn-api', namespace: 'default' } }

  it('goes through the service proxy of the API server, whose words are printed when no pod answers', async () => {
    await client.create(services, { ...stable, spec: { selector: { a: 'b' }, ports: [{ name: 'http', port: 80, targetPort: 8000 }] } })
    // Its controller does not run here.
    await client.create(endpoints, { ...stable, apiVersion: endpoints.apiVersion, kind: endpoints.kind })
    const said = await tidegate('predict churn-api --features 1,2')
    expect(said).toMatchObject({ code: 1, out: '', err: 'error: no endpoints available for service "churn-api"\n' })
  })

  it('needs the right to use the proxy', async () => {
    const said = await tidegate('predict churn-api --features 1,2', bert)
    expect(said.err).toMatch(/services "(http:)?churn-api(:http)?" is forbidden: User "bert" cannot create resource "services\/proxy"/)
  })

  it('with --direct sends the row to status.url, where the test plays the server, and prints what it answers', async () => {
    const { url, seen, close } = await playedServer()
    const service = (await client.get(inferenceServices, { namespace: 'default', name: 'churn-api' })) as KubeObject
    await client.putStatus(inferenceServices, { ...service, status: { ...(service['status'] as object), url } })
    const good = await tidegate('predict churn-api --direct --features 5.1,basic,')
    const bad = await tidegate(`predict churn-api --direct --features '{"age": 3}'`)
    close()
    expect(good).toMatchObject({ code: 0, err: '' })
    expect(good.out).toBe('PREDICTION  CONFIDENCE\nstays       stays 0.75, goes 0.25\nby churn version 5\n')
    expect(bad).toMatchObject({ code: 1, out: '', err: 'error: the server answers 400: plan is missing\n' })
    expect(seen).toEqual(['POST /predict {"features":[5.1,"basic",null]}', 'POST /predict {"age":3}'])
  })
})
