// One's own CSV: the README of the example, command by command, ends with an answer that the rows explain.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { run } from '../cluster/command.ts'
import { EXAMPLES } from './example.ts'
import { until } from './until.ts'
import { openWorld, tellOnFailure } from './world.ts'

const world = openWorld('csvexample')
const HOST = 'churn.localhost'
const desk = mkdtempSync(join(tmpdir(), 'tidegate-csv-'))

/** The lines of the README that a person types. */
const commands = [...readFileSync(join(EXAMPLES, 'csv/README.md'), 'utf8').matchAll(/^```\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) =>
  block.trim().split('\n'),
)

/** In the person's shell: kubectl on the path, the namespace chosen, the repository around. */
const type = (command: string): Promise<string> =>
  run(['sh', '-c', command], {
    cwd: desk,
    env: { ...process.env, PATH: `${desk}/bin:${process.env['PATH']}`, KUBECONFIG: join(desk, 'kubeconfig') },
    purpose: command,
  })

beforeAll(async () => {
  cpSync(EXAMPLES, join(desk, 'examples'), { recursive: true })
  const pod = join(desk, 'examples/csv/load/pod.yaml')
  // Images of this cluster are named after their content, as the README tells people whose images have other names.
  writeFileSync(pod, readFileSync(pod, 'utf8').replace(/tidegate\/trainer:\S+/, world.images.trainer ?? ''))
  mkdirSync(join(desk, 'bin'))
  symlinkSync(world.cluster.kubectl, join(desk, 'bin/kubectl'))
  cpSync(world.cluster.kubeconfig, join(desk, 'kubeconfig'))
  await type(`kubectl config set-context --current --namespace=${world.namespace}`)
})
afterAll(() => rmSync(desk, { recursive: true, force: true }))
beforeEach(() => tellOnFailure(world))

test('the commands of its README do what they say', async () => {
  expect(commands.length).toBeGreaterThanOrEqual(5)
  const said: string[] = []
  for (const command of commands) said.push(await type(command))
  console.log(said.at(-1))
  expect(said.at(-1)).toContain('churn-v1')
})

test('the model that comes out of it tells customers who stay from those who leave', async () => {
  const stays = { plan: 'pro', tenure_months: 60, monthly_charge: 79, support_calls: 0 }
  const leaves = { plan: 'basic', tenure_months: 1, monthly_charge: 18, support_calls: 6 }
  const answer = async (customer: object): Promise<unknown> => {
    const reply = await until(
      () => world.ingress.predict(HOST, customer),
      ({ status }) => status === 200,
      { within: 30, what: `an answer of ${HOST}` },
    )
    return reply.json()
  }
  expect(await answer(stays)).toMatchObject({ prediction: 'no', model_name: 'churn', model_version: '1' })
  expect(await answer(leaves)).toMatchObject({ prediction: 'yes' })
})

test('a category that the rules do not name is refused by name', async () => {
  const reply = await world.ingress.predict(HOST, { plan: 'gold', tenure_months: 1, monthly_charge: 18, support_calls: 6 })
  expect(reply.status).toBe(400)
  expect(reply.json()).toMatchObject({ field: 'plan' })
})
