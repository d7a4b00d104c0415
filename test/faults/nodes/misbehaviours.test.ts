import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { InferenceService } from '../../../operator/api/inferenceservice.ts'
import { claim, nowhere, openModel, service, version } from '../../e2e/handmade.ts'
import { until } from '../../e2e/until.ts'
import type { Kubectl } from '../../install/kubectl.ts'
import { type OperatorProcess, startOperator } from '../operator/operatorprocess.ts'
import { type Installation, install } from './installation.ts'
import { misbehaviours, refusals, type ServerBehaviour } from './serverbehaviours.ts'

/** Each has a service of its own, whose second version behaves so. */
const cases = Object.entries<ServerBehaviour>({ ...refusals, ...misbehaviours }).map(([title, behaviour]) => ({
  title,
  behaviour,
  name: title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'),
}))

/** Their pods are ready and report the right digest at least for a moment: clients may be moved to them. */
const mayServe = ['wrong version', 'readiness flaps', 'health flaps', 'healthy, then out of memory']

/** What must be said of the second version. */
const reasons: Record<string, string> = {
  ...Object.fromEntries(Object.keys(refusals).map(title => [title, 'LoadFailed'])),
  // Its workers are on their way back.
  'workers lost': 'RollingOut',
  'loading for ever': 'RollingOut',
  'wrong digest': 'HealthUnusable',
  'health hangs': 'HealthUnusable',
  'status 500': 'HealthUnusable',
  redirect: 'HealthUnusable',
  'ready, but degraded': 'LoadFailed',
  'message with control characters': 'LoadFailed',
  'crash loop': 'Crashed',
}

/** What happens to their pods goes on, so that more is said of them. */
const restless = [...mayServe, 'crash loop', 'ends with success']
const SILENCE_MS = 5000

const OPERATOR = 'the-operator'

let place: Installation
let operator: OperatorProcess
let kubectl: Kubectl

beforeAll(async () => {
  place = await install()
  operator = await startOperator({ kubeconfig: await place.plane.kubeconfigFor({ user: OPERATOR, groups: ['system:masters'] }) })
  await operator.ready()
  await place.kubectl()('create', 'namespace', 'servers')
  kubectl = place.kubectl('servers')
}, 900_000)

afterAll(async () => {
  await operator?.stop()
  await place?.stop()
})

const read = async (): Promise<Map<string, InferenceService>> => {
  const { items } = await kubectl.json<{ items: InferenceService[] }>('get', 'inferenceservices')
  return new Map(items.map(item => [item.metadata.name, item]))
}

const apply = (number: number): Promise<string> =>
  kubectl.apply({
    apiVersion: 'v1',
    kind: 'List',
    items: cases.map(({ name }) => service(name, 'iris', { traffic: [{ version: number }] })),
  })

const condition = (object: InferenceService | undefined, type: string) => object?.status?.conditions?.find(each => each.type === type)

/** Titles of those that are not as they should be, with what is said of them. */
const strangers = (services: Map<string, InferenceService>, holds: (one: InferenceService, title: string) => boolean): string[] =>
  cases.flatMap(({ title, name }) => {
    const one = services.get(name)
    if (one && holds(one, title)) return []
    const { entry, traffic } = one?.status ?? {}
    return [`${title}: ${JSON.stringify({ entry, traffic, rollout: condition(one, 'RolloutHealthy'), ready: condition(one, 'Ready') })}`]
  })

const isServing = (one: InferenceService, number: number): boolean =>
  one.status?.entry === number &&
  condition(one, 'Ready')?.status === 'True' &&
  condition(one, 'RolloutHealthy')?.status === 'True' &&
  one.status.traffic?.length === 1

const untilServing = (number: number) =>
  until(
    async () => strangers(await read(), one => isServing(one, number)),
    left => left.length === 0,
    { within: 40, what: `every service serves version ${number}` },
  )

describe(`${cases.length} servers that misbehave`, { timeout: 180_000 }, () => {
  it('begin as updates of services that serve', async () => {
    // The two versions have digests of their own, or one would pass for the other.
    const bundles = [1, 2].map(number => ({ ...nowhere('bundles'), digest: `sha256:${String(number).repeat(64)}` as const }))
    const versions = bundles.map((bundle, index) => version('iris', index + 1, bundle))
    await kubectl.apply({ apiVersion: 'v1', kind: 'List', items: [claim('bundles'), openModel('iris'), ...versions] })
    await apply(1)
    await untilServing(1)
  })

  it('never take over while the old version answers, and what is said of them is true', async () => {
    for (const { name, behaviour } of cases) {
      const labels = { 'tidegate.io/inferenceservice': name, 'tidegate.io/version': '2' }
      place.node.act({ on: { namespace: 'servers', labels }, server: behaviour })
    }
    await apply(2)
    for (const end = Date.now() + 15_000; Date.now() < end; await sleep(250)) {
      const services = await read()
      expect(strangers(services, (one, title) => mayServe.includes(title) || one.status?.entry === 1)).toEqual([])
      expect(strangers(services, (one, title) => mayServe.includes(title) || condition(one, 'Ready')?.status === 'True')).toEqual([])
      expect(strangers(services, (one, title) => mayServe.includes(title) || readyOf(one, 2) === 0)).toEqual([])
    }
    const saidOf = (services: Map<string, InferenceService>, title: string) =>
      condition(services.get(cases.find(each => each.title === title)?.name ?? ''), 'RolloutHealthy')
    const isSaid = (seen: Map<string, InferenceService>) =>
      Object.entries(reasons).every(([title, reason]) => saidOf(seen, title)?.reason === reason)
    // What is missing after that is told below.
    const told = await until(read, isSaid, { within: 40, what: 'of each is said why' }).catch(read)
    console.log(tableOf(told))
    for (const [title, reason] of Object.entries(reasons)) {
      const found = saidOf(told, title)
      expect.soft(found?.reason, `${title}: ${found?.message}`).toBe(reason)
    }
  })

  it('are not written about again and again while nothing changes', async () => {
    const calm = cases.filter(({ title }) => !restless.includes(title))
    await until(
      () => calm.filter(({ name }) => writesSince(Date.now() - SILENCE_MS).has(name)),
      left => left.length === 0,
      { within: 40, what: 'what came late is written down' },
    )
    const [from, before] = [Date.now(), await read()]
    await sleep(SILENCE_MS)
    const [written, after] = [writesSince(from), await read()]
    const saidOf = (services: Map<string, InferenceService>, name: string) => JSON.stringify(services.get(name)?.status)
    const again = calm.filter(({ name }) => written.has(name))
    expect(again.map(({ title, name }) => `${title}: ${saidOf(before, name)} → ${saidOf(after, name)}`)).toEqual([])
  })

  it('are forgiven when they behave', async () => {
    place.node.clear()
    await untilServing(2)
    expect(operator.end()).toBeUndefined()
    expect(operator.lines.filter(({ level }) => level === 'error')).toEqual([])
  })
})

interface AuditEvent {
  user: { username: string }
  objectRef?: { resource: string; name?: string }
  requestReceivedTimestamp: string
}

/** Writes of the operator to each service since then, as the API server saw them. */
const writesSince = (from: number): Map<string, number> => {
  const written = new Map<string, number>()
  for (const line of readFileSync(place.plane.auditLog, 'utf8').split('\n').slice(0, -1)) {
    if (!line.includes(OPERATOR) || !line.includes('inferenceservices')) continue
    const { user, objectRef, requestReceivedTimestamp } = JSON.parse(line) as AuditEvent
    const name = objectRef?.resource === 'inferenceservices' ? objectRef.name : undefined
    if (name && user.username === OPERATOR && Date.parse(requestReceivedTimestamp) >= from) written.set(name, (written.get(name) ?? 0) + 1)
  }
  return written
}

const tableOf = (services: Map<string, InferenceService>): string =>
  cases
    .map(({ title, name }) => {
      const said = condition(services.get(name), 'RolloutHealthy')
      return `${title.padEnd(32)} entry ${services.get(name)?.status?.entry}  ${said?.status} ${said?.reason}: ${said?.message}`
    })
    .join('\n')

const readyOf = (one: InferenceService, number: number): number => one.status?.traffic?.find(each => each.version === number)?.ready ?? 0
