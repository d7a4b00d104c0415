import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kinds } from '../../../operator/api/kinds.ts'
import { crd } from '../../../operator/api/resource.ts'
import { chart, openWorkbench, operatorPod, type Rendered, rendered, type Workbench } from '../../chart/render.ts'
import { locationIn, writeSchemas } from '../../chart/schemas.ts'
import { attempt } from '../../cluster/command.ts'

const schemas = mkdtempSync(join(tmpdir(), 'tidegate-schemas-'))
let bench: Workbench

beforeAll(async () => {
  bench = await openWorkbench({ controllers: ['serviceaccount-controller'] })
  for (const name of ['team-a', 'team-b']) await bench.kubectl(['create', 'namespace', name])
  await bench.kubectl(['label', 'namespace', 'team-a', 'pod-security.kubernetes.io/enforce=restricted'])
  expect(await writeSchemas(bench.plane, schemas)).toBeGreaterThan(200)
}, 900_000)

afterAll(async () => {
  rmSync(schemas, { recursive: true, force: true })
  await bench?.plane.stop()
})

const kubeconform = (manifests: string) =>
  attempt([bench.tools.kubeconform, '-strict', '-summary', '-output', 'json', '-schema-location', locationIn(schemas), '-'], {
    input: manifests,
  })

const placement = [
  'nodeSelector.pool=system',
  'tolerations[0].key=system',
  'tolerations[0].operator=Exists',
  'priorityClassName=system-cluster-critical',
  'podLabels.team=ml',
  'podAnnotations.note=x',
]

const sets: [string, string[]][] = [
  ['its defaults', []],
  ['two namespaces', ['watch.namespaces={team-a,team-b}']],
  ['a registry with credentials', ['images.registry=registry.example.com/ml', 'images.pullSecrets={pull}', 'images.server.tag=2.0']],
  ['everything optional off', ['crds.enabled=false', 'rbac.aggregate=false', 'networkPolicy.enabled=false']],
  ['CRDs that leave with the release', ['crds.keep=false', 'logLevel=debug']],
  ['a place on chosen nodes', placement],
  [
    'a tracking server of its own',
    ['tracking.mlflow.enabled=true', 'tracking.mlflow.className=fast', 'tracking.mlflow.allowedHosts={mlflow.example.com}'],
  ],
  [
    'a tracking server elsewhere',
    ['tracking.uri=https://mlflow.example.com/base', 'tracking.tokenSecret.name=mlflow', 'tracking.stages=true'],
  ],
  [
    'a sink of events with a token',
    [
      'cloudEvents.sink=http://broker.events.svc:8080/default',
      'cloudEvents.since=2026-01-31T00:00:00Z',
      'cloudEvents.tokenSecret.name=sink',
    ],
  ],
]

describe('the chart', () => {
  it('passes helm lint', async () => {
    expect(await bench.helm('lint', '--strict', chart)).toMatchObject({ code: 0 })
  })

  it.each(sets)('is clean under kubeconform with %s', async (_, values) => {
    const { stdout } = await kubeconform((await bench.template(...values)).stdout)
    const report = JSON.parse(stdout) as { summary: Record<string, number> }
    expect(report).toMatchObject({ summary: { invalid: 0, errors: 0, skipped: 0 } })
    expect(report.summary['valid']).toBeGreaterThan(4)
  })

  it('would be told by kubeconform about a field that does not exist', async () => {
    const { stdout } = await bench.template()
    const broken = stdout.replace('replicas: 1', 'replica: 1')
    expect(broken).not.toBe(stdout)
    const { code, output } = await kubeconform(broken)
    expect(output).toContain("additional properties 'replica' not allowed")
    expect(code).toBe(1)
  })

  it.each(sets)('is accepted by the API server without a warning with %s', async (_, values) => {
    const items = (await rendered(bench, ...values)).filter(object => object.kind !== 'CustomResourceDefinition')
    const list = { apiVersion: 'v1', kind: 'List', items }
    const { code, stdout, output } = await bench.kubectl(['create', '--dry-run=server', '--validate=strict', '-f', '-'], list)
    expect({ code, output }).toEqual({ code: 0, output: stdout })
  })

  it('holds the CRDs as crds/ has them, behind two switches', async () => {
    const crds = async (...values: string[]): Promise<Rendered[]> =>
      (await rendered(bench, ...values)).filter(object => object.kind === 'CustomResourceDefinition')
    const policies = (objects: Rendered[]) => objects.map(object => object.metadata.annotations?.['helm.sh/resource-policy'])
    const specs = new Map(kinds.map(kind => [crd(kind).metadata.name, JSON.parse(JSON.stringify(crd(kind).spec)) as unknown]))
    const kept = await crds()
    expect(new Map(kept.map(object => [object.metadata.name, object.spec]))).toEqual(specs)
    expect(policies(kept)).toEqual(kinds.map(() => 'keep'))
    expect(policies(await crds('crds.keep=false'))).toEqual(kinds.map(() => undefined))
    expect(await crds('crds.enabled=false')).toEqual([])
  })

  it('says in its notes what comes next', async () => {
    const args = ['install', 'tidegate', chart, '--dry-run=client', '-n', 'team-b', '--set', 'crds.enabled=false']
    const { stdout } = await bench.helm(...args, '--set', 'watch.namespaces={team-a}')
    expect(stdout).toContain('kubectl --namespace team-b rollout status deployment/tidegate')
    expect(stdout).toContain('kubectl --namespace team-a apply -f examples/iris')
  })

  it('refuses a Kubernetes that is too old', async () => {
    const { code, output } = await bench.helm('template', 'tidegate', chart, '--kube-version', '1.34.9')
    expect(output).toContain('chart requires kubeVersion: >=1.35.0-0')
    expect(code).toBe(1)
  })
})

describe('a value that is wrong', () => {
  it.each([
    ['imges.registry=x', "'imges'"],
    ['images.server.tagg=1', "'tagg'"],
    ['logLevel=verbose', "one of 'trace', 'debug', 'info', 'warn', 'error'"],
    ['images.pullPolicy=Sometimes', "one of 'Always', 'IfNotPresent', 'Never'"],
    ['watch.namespaces={Team_A}', "'Team_A'"],
    ['watch.namespaces=team-a', '/watch/namespaces'],
    ['crds.keep=maybe', '/crds/keep'],
    ['resources.requests.memory=lots', "'lots'"],
    ['images.operator.repository=registry:5000/Operator', "'registry:5000/Operator'"],
    ['tolerations[0].taint=x', "'taint'"],
    ['cloudEvents.sink=http://events.example.com/', '/cloudEvents/sink'],
    ['cloudEvents.since=yesterday', "'yesterday'"],
  ])('%s is refused with its name', async (value, said) => {
    const { code, output } = await bench.template(value)
    expect(output).toContain(said)
    expect(code).toBe(1)
  })
})

describe("the operator's pod", () => {
  const create = ['create', '--dry-run=server', '-n', 'team-a', '-f', '-']

  it('is admitted where restricted is enforced', async () => {
    const { code, stdout, output } = await bench.kubectl(create, operatorPod(await rendered(bench)))
    expect({ code, output }).toEqual({ code: 0, output: stdout })
  })

  it('would be refused there without its security context', async () => {
    const pod = operatorPod(await rendered(bench))
    delete pod.spec.securityContext
    expect((await bench.kubectl(create, pod)).output).toContain('violates PodSecurity "restricted')
  })

  it('writes nothing to its root file system and has requests and limits', async () => {
    const { containers } = operatorPod(await rendered(bench)).spec
    expect(containers).toHaveLength(1)
    expect(containers[0]).toMatchObject({
      securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
      resources: { requests: { memory: '128Mi' }, limits: { memory: '512Mi' } },
    })
  })
})

describe('the sink of events', () => {
  it('is in the pod only when it is asked for, and its token is a file, not a variable', async () => {
    const bare = JSON.stringify(operatorPod(await rendered(bench)).spec)
    expect(bare).not.toMatch(/cloudevents/i)
    const { spec } = operatorPod(await rendered(bench, 'cloudEvents.sink=https://events.example.com/', 'cloudEvents.tokenSecret.name=sink'))
    expect(spec).toMatchObject({
      volumes: [{ name: 'cloudevents', secret: { secretName: 'sink', items: [{ key: 'token', path: 'token' }] } }],
      containers: [{ volumeMounts: [{ name: 'cloudevents', mountPath: '/etc/tidegate/cloudevents', readOnly: true }] }],
    })
    expect(spec.containers[0]?.['env']).toContainEqual({
      name: 'TIDEGATE_CLOUDEVENTS_TOKEN_FILE',
      value: '/etc/tidegate/cloudevents/token',
    })
    const pod = operatorPod(await rendered(bench, 'cloudEvents.sink=http://broker.events.svc/', 'cloudEvents.tokenSecret.name=sink'))
    const { code, stdout, output } = await bench.kubectl(['create', '--dry-run=server', '-n', 'team-a', '-f', '-'], pod)
    expect({ code, output }).toEqual({ code: 0, output: stdout })
  })
})

describe('the tracking server of a release', () => {
  const enabled = () => rendered(bench, 'tracking.mlflow.enabled=true')
  const environment = (objects: Rendered[], deployment: string) => {
    const [container] = operatorPod(objects, deployment).spec.containers
    const variables = (container?.['env'] ?? []) as { name: string; value: string }[]
    return Object.fromEntries(variables.map(({ name, value }) => [name, value]))
  }

  it('is there only when it is asked for', async () => {
    const names = (objects: Rendered[]) => objects.map(({ metadata }) => metadata.name).filter(name => name.includes('mlflow'))
    expect(names(await rendered(bench))).toEqual([])
    expect(names(await enabled())).toHaveLength(4)
    expect(environment(await rendered(bench), 'tidegate')).not.toHaveProperty('TIDEGATE_TRACKING_URI')
  })

  it('answers to the name that the operator calls it by', async () => {
    const objects = await enabled()
    const { TIDEGATE_TRACKING_URI: uri } = environment(objects, 'tidegate')
    const { MLFLOW_SERVER_ALLOWED_HOSTS: hosts } = environment(objects, 'tidegate-mlflow')
    expect(uri).toBe('http://tidegate-mlflow.default.svc:5000')
    expect(hosts?.split(',')).toContain(uri?.replace('http://', ''))
  })

  it('gives way to one elsewhere', async () => {
    const objects = await rendered(bench, 'tracking.mlflow.enabled=true', 'tracking.uri=https://mlflow.example.com')
    expect(environment(objects, 'tidegate')).toMatchObject({ TIDEGATE_TRACKING_URI: 'https://mlflow.example.com' })
  })

  it('is admitted where restricted is enforced, runs no jobs, and keeps its claim', async () => {
    const objects = await enabled()
    const pod = operatorPod(objects, 'tidegate-mlflow')
    const { code, stdout, output } = await bench.kubectl(['create', '--dry-run=server', '-n', 'team-a', '-f', '-'], pod)
    expect({ code, output }).toEqual({ code: 0, output: stdout })
    expect(environment(objects, 'tidegate-mlflow')).toMatchObject({ MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false' })
    const claim = objects.find(({ kind }) => kind === 'PersistentVolumeClaim')
    expect(claim?.metadata.annotations).toEqual({ 'helm.sh/resource-policy': 'keep' })
  })
})
