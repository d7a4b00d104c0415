import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { chart, openWorkbench, rendered, type Workbench } from '../../chart/render.ts'

const OPERATOR = 'system:serviceaccount:default:tidegate'
let bench: Workbench

beforeAll(async () => {
  bench = await openWorkbench({ controllers: ['clusterrole-aggregation-controller'] })
  for (const name of ['team-a', 'team-b']) await bench.kubectl(['create', 'namespace', name])
}, 900_000)

afterAll(async () => bench?.plane.stop())

interface Action {
  verb: string
  /** Such as `deployments.apps` or `pods/exec`. */
  resource: string
  /** All namespaces, when absent. */
  namespace?: string
}

/** The API server's own answer. */
const can = async (who: string, { verb, resource, namespace }: Action): Promise<boolean> => {
  const [name = '', subresource] = resource.split('/')
  const where = namespace ? ['--namespace', namespace] : ['--all-namespaces']
  const { stdout } = await bench.kubectl([
    'auth',
    'can-i',
    verb,
    name,
    ...(subresource ? ['--subresource', subresource] : []),
    ...where,
    '--as',
    who,
  ])
  return stdout.trim() === 'yes'
}

const grant = async (...values: string[]): Promise<void> => {
  const items = (await rendered(bench, ...values)).filter(object => /^(Cluster)?Role/.test(object.kind))
  expect(await bench.kubectl(['apply', '-f', '-'], { apiVersion: 'v1', kind: 'List', items })).toMatchObject({ code: 0 })
}

describe('an operator of one namespace', () => {
  beforeAll(() => grant('watch.namespaces={team-a}', 'rbac.aggregate=false'))

  it('works there', async () => {
    const mayCreate = () => can(OPERATOR, { verb: 'create', resource: 'jobs.batch', namespace: 'team-a' })
    // The API server learns of a role a moment after it took it.
    await expect.poll(mayCreate, { timeout: 20_000, interval: 500 }).toBe(true)
  })

  it('has no right anywhere else', async () => {
    expect(await can(OPERATOR, { verb: 'create', resource: 'jobs.batch', namespace: 'team-b' })).toBe(false)
    expect(await can(OPERATOR, { verb: 'list', resource: 'trainingjobs.tidegate.io' })).toBe(false)
  })
})

describe('an operator of all namespaces', () => {
  beforeAll(() => grant())

  it('has each right of the list', async () => {
    const rules = parse(readFileSync(join(chart, 'files/rules.yaml'), 'utf8')) as {
      apiGroups: string[]
      resources: string[]
      verbs: string[]
    }[]
    for (const { apiGroups, resources, verbs } of rules) {
      const [name = '', subresource] = resources[0]?.split('/') ?? []
      const resource = [apiGroups[0] ? `${name}.${apiGroups[0]}` : name, subresource].filter(Boolean).join('/')
      const may = () => can(OPERATOR, { verb: verbs[0] ?? '', resource, namespace: 'team-b' })
      await expect.poll(may, { timeout: 20_000, interval: 500, message: resource }).toBe(true)
    }
  })

  it.each([
    ['get', 'secrets'],
    ['list', 'secrets'],
    ['watch', 'secrets'],
    ['create', 'secrets'],
    ['create', 'pods'],
    ['delete', 'pods'],
    ['create', 'pods/exec'],
    ['create', 'serviceaccounts/token'],
    ['patch', 'persistentvolumeclaims'],
    ['delete', 'persistentvolumeclaims'],
    ['patch', 'modelversions.tidegate.io'],
    ['deletecollection', 'modelversions.tidegate.io'],
    ['update', 'trainingjobs.tidegate.io'],
    ['create', 'rolebindings.rbac.authorization.k8s.io'],
    ['deletecollection', 'deployments.apps'],
    ['get', 'nodes'],
  ])('may not %s %s', async (verb, resource) => {
    expect(await can(OPERATOR, { verb, resource, namespace: 'team-b' })).toBe(false)
  })
})

describe('people', () => {
  const jobs = 'trainingjobs.tidegate.io'

  it.each([
    ['edit', 'create'],
    ['view', 'list'],
  ])('with the role %s in a namespace may %s the kinds of Tidegate there and nowhere else', async (role, verb) => {
    await grant()
    await bench.kubectl(['create', 'rolebinding', role, `--clusterrole=${role}`, `--user=${role}or`, '-n', 'team-b'])
    await expect.poll(() => can(`${role}or`, { verb, resource: jobs, namespace: 'team-b' }), { timeout: 20_000, interval: 500 }).toBe(true)
    expect(await can(`${role}or`, { verb, resource: jobs, namespace: 'team-a' })).toBe(false)
  })

  it('with the role view may change nothing', async () => {
    expect(await can('viewor', { verb: 'create', resource: jobs, namespace: 'team-b' })).toBe(false)
  })
})
