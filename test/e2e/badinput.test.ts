// What people get wrong about rows, parameters and gates, and what they are told: the field, the value, and the next step.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Condition } from '../../operator/api/conditions.ts'
import type { ModelVersion } from '../../operator/api/modelversion.ts'
import type { TrainingJob, TrainingJobSpec } from '../../operator/api/trainingjob.ts'
import { conditionOf } from './conditions.ts'
import { example, type Manifest } from './example.ts'
import { claim, openModel, service } from './handmade.ts'
import { until } from './until.ts'
import { openWorld, tellOnFailure } from './world.ts'

const world = openWorld('badinput')
const { kubectl } = world
const told: string[] = []

const tell = (what: string, said: string): void => {
  told.push(`${what}\n         ${said.trim()}`)
}

const HEADER = 'length,width,colour,kind'
const row = (index: number): string =>
  `${(index % 7) + 0.5},${(index % 5) + 1},${index % 3 ? 'red' : 'blue'},${index % 2 ? 'wide' : 'tall'}`
const rows = (count: number): string[] => Array.from({ length: count }, (_, index) => row(index))
const csv = (...lines: string[]): string => [HEADER, ...lines, ''].join('\n')
const good = csv(...rows(40))

type Data = NonNullable<Manifest<TrainingJobSpec>['spec']['data']>

const training = (name: string, change: Manifest<TrainingJobSpec>['spec']): Manifest<TrainingJobSpec> => ({
  apiVersion: 'tidegate.io/v1alpha1',
  kind: 'TrainingJob',
  metadata: { name },
  spec: {
    model: name,
    data: { source: { configMap: { name, key: 'rows.csv' } }, target: 'kind' },
    candidates: [{ algorithm: 'logisticRegression', parameters: { max_iter: 200 } }],
    ...change,
    compute: { resources: { requests: { cpu: '10m', memory: '64Mi' } } },
  },
})

interface Case {
  what: string
  name: string
  rows?: string
  data?: Data
  spec?: Manifest<TrainingJobSpec>['spec']
  reason: Condition['reason']
  message: RegExp
}

const cases: Case[] = [
  {
    what: 'an unknown column',
    name: 'column',
    rows: good,
    data: { columns: ['length', 'widht'] },
    reason: 'DataInvalid',
    message:
      /data\.columns: .* has no column widht; did you mean width\? Its columns are length, width, colour, kind; correct data\.columns/,
  },
  {
    what: 'a target that the rows do not have',
    name: 'target',
    rows: good,
    data: { target: 'species' },
    reason: 'DataInvalid',
    message: /data\.target: ConfigMap target, key rows\.csv has no column species.*correct data\.target/,
  },
  {
    what: 'a ConfigMap that does not exist',
    name: 'nothing',
    reason: 'DataMissing',
    message: /ConfigMap nothing, key rows\.csv does not exist; .*correct data\.source/,
  },
  {
    what: 'a missing file on a claim',
    name: 'file',
    data: { source: { csv: { claim: 'rows', path: 'raw/rows.csv' } } },
    reason: 'DataMissing',
    message: /claim rows, path raw\/rows\.csv does not exist; put the file there or correct data\.source/,
  },
  {
    what: 'an empty CSV',
    name: 'empty',
    rows: '',
    reason: 'DataInvalid',
    message: /is empty: it has no header line; put a header and rows into the file/,
  },
  {
    what: 'a header without rows',
    name: 'header',
    rows: csv(),
    reason: 'DataInvalid',
    message: /has a header and no rows; add rows below the header/,
  },
  {
    what: 'text in a numeric column',
    name: 'text',
    rows: csv(...rows(40), 'wide,2,red,tall'),
    reason: 'DataInvalid',
    message: /column 'length': 1 of 41 cells does not read as a number \(line 42: 'wide'\).*correct the cells/,
  },
  {
    what: 'a value outside the range of its rule',
    name: 'range',
    rows: csv(...rows(40), '-3,2,red,tall'),
    data: { checks: { schema: [{ name: 'length', type: 'number', min: 0 }] } },
    reason: 'ChecksRefused',
    message:
      /column 'length': 1 cell outside the rule \(line 42: '-3'\); allowed: .*0.*; correct the cells, or the rule in data\.checks\.schema/,
  },
  {
    what: 'one class only',
    name: 'oneclass',
    rows: csv(...rows(40).filter(line => line.endsWith('tall'))),
    reason: 'DataInvalid',
    message: /target 'kind' has 1 class \(tall\) in 20 rows, and a classifier needs at least 2; add rows of another class/,
  },
  {
    what: 'fewer rows than the checks ask for',
    name: 'few',
    rows: csv(...rows(9)),
    reason: 'ChecksRefused',
    message: /9 rows.*checks\.minRows asks for 10; add rows/,
  },
  {
    what: 'a parameter that does not exist',
    name: 'parameter',
    rows: good,
    spec: { candidates: [{ algorithm: 'logisticRegression', parameters: { max_itr: 200 } }] },
    reason: 'ConfigInvalid',
    message: /candidates\[0\].*max_itr.*did you mean max_iter\?/,
  },
  {
    what: 'a parameter out of its range',
    name: 'amount',
    rows: good,
    spec: { candidates: [{ algorithm: 'randomForest', parameters: { n_estimators: 0 } }] },
    reason: 'ConfigInvalid',
    message: /candidates\[0\]\.parameters\.n_estimators is 0: it must be a whole number from 1 to 2000/,
  },
]

const objects = ({ name, rows: text, data, spec }: Case): object[] => {
  const plain = training(name, {})
  const job = training(name, { data: { ...plain.spec.data, ...data }, ...spec })
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { 'rows.csv': text } }
  return text === undefined ? [job] : [map, job]
}

/** Rows that the iris example cannot use; it says what to do then. */
const unusable = [
  'sepal_length,sepal_width,petal_length,petal_width,species',
  ...['setosa', 'versicolor', 'virginica'].flatMap(species => rows(5).map(line => `${line.split(',', 2).join(',')},1.4,0.2,${species}`)),
  '5.1,wide,1.4,0.2,setosa',
]

const irisFrom = (name: string): Manifest<TrainingJobSpec> => {
  const { trainingJob } = example('iris')
  const { data } = trainingJob.spec
  const source = { configMap: { name, key: 'iris.csv' } }
  return { ...trainingJob, metadata: { name }, spec: { ...trainingJob.spec, model: name, data: { ...data, source } } }
}

const jobIn = (name: string): Promise<TrainingJob> => kubectl.json<TrainingJob>('get', `trainingjob/${name}`)

beforeAll(async () => {
  const wrongGate = { ...openModel('gate'), spec: { stages: [{ name: 'Production', gates: [{ metric: 'f2', atLeast: 0.5 }] }] } }
  const invalid = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'invalid' }, data: { 'iris.csv': unusable.join('\n') } }
  const gated = training('gate', { data: { source: { builtin: 'iris' } } })
  const items = [claim('rows'), ...cases.flatMap(objects), invalid, ...['missing', 'invalid'].map(irisFrom), wrongGate, gated]
  await kubectl.apply({ apiVersion: 'v1', kind: 'List', items })
})
afterAll(() => console.log(`what was said\n${told.join('\n')}`))
beforeEach(() => tellOnFailure(world))

describe('a TrainingJob says what is wrong with', () => {
  it.each(cases)('$what', async ({ what, name, reason, message }) => {
    const job = await until(
      () => jobIn(name),
      seen => conditionOf(seen, 'Stalled')?.status === 'True',
      { within: 120, what: `${what} is refused` },
    )
    const ready = conditionOf(job)
    tell(what, `${ready?.reason}: ${ready?.message}`)
    expect(ready?.message).toMatch(message)
    expect(ready?.reason).toBe(reason)
  })

  it('rows without running twice: bad data is never tried again', async () => {
    const { items } = await kubectl.json<{ items: { metadata: { labels: Record<string, string> } }[] }>('get', 'pods')
    const pods = items.map(({ metadata }) => metadata.labels['tidegate.io/trainingjob'])
    expect(pods.length).toBe(new Set(pods).size)
    // What the operator can see by itself never gets a pod.
    expect(pods).not.toContain('parameter')
    expect(pods).not.toContain('amount')
  })
})

describe('the API server refuses, before anything runs', () => {
  it.each([
    ['an unknown field', { ...training('field', {}), spec: { ...training('field', {}).spec, epochs: 3 } }, /unknown field "spec\.epochs"/],
    [
      'rows without a target',
      training('notarget', { data: { source: { configMap: { name: 'x', key: 'y' } } } }),
      /target is required .*name the column/,
    ],
    [
      'an unknown algorithm',
      training('algorithm', { candidates: [{ algorithm: 'perceptron' }] }),
      /Unsupported value: "perceptron": supported values/,
    ],
    [
      'a path out of the claim',
      training('path', { data: { source: { csv: { path: '../secret' } }, target: 'y' } }),
      /relative to the claim and must not contain/,
    ],
  ])('%s', async (what, object, message) => {
    const { code, said } = await kubectl.attempt(['apply', '-f', '-'], JSON.stringify(object))
    tell(what, said)
    expect(said).toMatch(message)
    expect(code).toBe(1)
  })
})

describe('a source that cannot be used', () => {
  it.each([
    ['missing', /built-in data set iris.*; DataMissing: ConfigMap missing, key iris\.csv does not exist/],
    ['invalid', /built-in data set iris.*; DataInvalid: column 'sepal_width': 1 of 16 cells does not read as a number \(line 17: 'wide'\)/],
  ])('that is %s gives way to the fallback, and the status says why', async (name, message) => {
    const job = await until(
      () => jobIn(name),
      seen => conditionOf(seen)?.status === 'True',
      { within: 120, what: `${name} is trained on the fallback` },
    )
    const rowsSaid = conditionOf(job, 'DataValid')
    tell(`fallback: a source that is ${name}`, `DataValid ${rowsSaid?.status} ${rowsSaid?.reason}: ${rowsSaid?.message}`)
    expect(rowsSaid).toMatchObject({ status: 'True', reason: 'FallbackUsed', message: expect.stringMatching(message) as string })
  })
})

it('a gate on a metric that does not exist lets nothing through and names those that do', async () => {
  const version = await until(
    () => kubectl.json<ModelVersion>('get', 'modelversion/gate-v1'),
    seen => conditionOf(seen)?.status === 'True',
    { within: 120, what: 'gate-v1 is judged' },
  )
  const { message } = conditionOf(version) ?? {}
  tell('a gate on a metric that does not exist', message ?? '')
  expect(message).toMatch(/not in Production: f2 was not measured; measured: .*accuracy.*f1/)
  expect(version.status).toMatchObject({ stage: 'None', gates: [{ verdict: 'Error' }] })
})

it('a service for a model without versions says who is missing', async () => {
  await kubectl.apply(service('early', 'nobody', { traffic: [{ stage: 'Production' }] }))
  await kubectl.apply(service('wrong', 'gate', { traffic: [{ version: 7 }] }))
  const said = async (name: string, message: RegExp) => {
    const seen = await until(
      () => kubectl.json<TrainingJob>('get', `isvc/${name}`),
      object => message.test(conditionOf(object)?.message ?? ''),
      { within: 20, what: `isvc/${name} says ${message}` },
    )
    const ready = conditionOf(seen)
    tell(`a service: ${name}`, `${ready?.reason}: ${ready?.message}`)
    expect(ready?.status).toBe('False')
  }
  await said('early', /no Model named nobody exists in this namespace, so nobody holds Production: create it/)
  await kubectl.apply(openModel('nobody'))
  await said('early', /no version of nobody holds Production: see the messages of kubectl get modelversions/)
  await said('wrong', /ModelVersion gate-v7 does not exist in this namespace; existing versions: 1/)
})
