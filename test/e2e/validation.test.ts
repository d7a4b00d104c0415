// Rows are checked before anything is trained: the answers of the real trainer as exit codes, in the name of a person with the role edit.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { TrainingJobSpec } from '../../operator/api/trainingjob.ts'
import type { Answer } from '../install/kubectl.ts'
import type { Manifest } from './example.ts'
import { makePerson, type Person } from './person.ts'
import { until } from './until.ts'
import { openWorld, tellOnFailure } from './world.ts'

const world = openWorld('validation')
const { kubectl } = world
const folder = mkdtempSync(join(tmpdir(), 'tidegate-validation-'))
let edith: Person

beforeAll(async () => {
  edith = await makePerson(world, 'edith', ['edit'])
})
beforeEach(() => tellOnFailure(world))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Data = NonNullable<Manifest<TrainingJobSpec>['spec']['data']>

const validate = async (data: Data): Promise<Answer> => {
  const file = join(folder, 'job.yaml')
  const job: Manifest<TrainingJobSpec> = {
    apiVersion: 'tidegate.io/v1alpha1',
    kind: 'TrainingJob',
    metadata: { name: 'flowers' },
    spec: {
      model: 'flowers',
      data,
      candidates: [{ algorithm: 'logisticRegression', parameters: { max_iter: 200 } }],
      compute: { resources: { requests: { cpu: '10m', memory: '64Mi' } } },
    },
  }
  writeFileSync(file, JSON.stringify(job))
  const answer = await edith.tidegate('validate', file, '--wait', '3m')
  console.log(`$ kubectl tidegate validate flowers.yaml; echo $?\n${answer.printed}${answer.said}${answer.code}`)
  return answer
}

test('good rows end with 0, and nothing is left of it', async () => {
  const answer = await validate({ source: { builtin: 'iris' } })
  expect(answer.code).toBe(0)
  expect(answer.printed).toMatch(/^flowers: the rows are valid\n/)
  expect(answer.printed).toMatch(/\nrows +150: \d+ to train on, \d+ to test on\n/)
  await until(
    () => kubectl('get', 'trainingjobs,jobs,pods,configmaps,persistentvolumeclaims,modelversions', '--output=name'),
    // Kubernetes puts its own certificate into every namespace.
    printed => printed.trim() === 'configmap/kube-root-ca.crt',
    { within: 60, what: 'everything that was made is gone' },
  )
})

test('rows that the checks refuse end with 43', async () => {
  const answer = await validate({ source: { builtin: 'iris' }, checks: { minRows: 151 } })
  expect(answer.code).toBe(43)
  expect(answer.said).toContain('flowers: ChecksRefused: 150 rows, and checks.minRows asks for 151')
})

test('rows that are not there end with 42', async () => {
  const answer = await validate({ source: { configMap: { name: 'nowhere', key: 'rows.csv' } }, target: 'kind' })
  expect(answer.code).toBe(42)
  expect(answer.said).toContain('flowers: DataMissing: ConfigMap nowhere, key rows.csv does not exist')
})

test('a parameter that does not exist ends with 42 without a pod', async () => {
  const file = join(folder, 'typo.yaml')
  const candidates = [{ algorithm: 'logisticRegression', parameters: { max_itr: 200 } }]
  const spec = { model: 'flowers', data: { source: { builtin: 'iris' } }, candidates }
  writeFileSync(file, JSON.stringify({ apiVersion: 'tidegate.io/v1alpha1', kind: 'TrainingJob', metadata: { name: 'flowers' }, spec }))
  const answer = await edith.tidegate('validate', file, '--wait', '1m')
  expect(answer.code).toBe(42)
  expect(answer.said).toContain('did you mean max_iter?')
})
