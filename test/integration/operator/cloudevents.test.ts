import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Model, ModelStatus } from '../../../operator/api/model.ts'
import type { CloudEvent } from '../../../operator/cloudevents/event.ts'
import { AuditLog } from '../../cluster/auditlog.ts'
import { type EventSink, openSink } from '../../simulated/eventsink.ts'
import { good } from '../api/goodobjects.ts'
import { OPERATOR, untilDone } from '../policies/guarded.ts'
import { type Operated, openOperated } from './operated.ts'

const NAMES = ['iris', 'churn']
let operated: Operated
let sink: EventSink

beforeAll(async () => {
  sink = await openSink()
  operated = await openOperated(['team-a'], { env: { TIDEGATE_CLOUDEVENTS_SINK: sink.uri } })
  const stages = [{ name: 'Staging' }, { name: 'Production' }]
  for (const name of NAMES) await create({ ...good.Model, metadata: { name }, spec: { stages } })
}, 900_000)
afterAll(async () => {
  await operated?.stop()
  await sink?.close()
})

const create = (object: object): Promise<void> =>
  untilDone(() => operated.guarded.bench.kubectl(['create', '-n', 'team-a', '-f', '-'], object))

const register = (model: string, version: number): Promise<void> =>
  create({ ...good.ModelVersion, metadata: { name: `${model}-v${version}` }, spec: { ...good.ModelVersion.spec, model, version } })

const statusOf = async (name: string): Promise<ModelStatus> => {
  const { stdout } = await operated.guarded.bench.kubectl(['get', 'model', name, '-n', 'team-a', '-o', 'json'])
  return (JSON.parse(stdout) as Model).status ?? {}
}

const patient = { timeout: 30_000, interval: 200 }

const holds = (version: number) =>
  expect
    .poll(async () => Promise.all(NAMES.map(async name => (await statusOf(name)).holders?.['Production'])), patient)
    .toEqual(NAMES.map(() => version))

const said = async (name: string): Promise<string | undefined> =>
  (await statusOf(name)).conditions?.find(({ type }) => type === 'EventsDelivered')?.reason

const delivered = (moves: number) =>
  expect
    .poll(async () => Promise.all(NAMES.map(async name => (await statusOf(name)).delivered)), patient)
    .toEqual(NAMES.map(() => ({ moves })))

/** Those that came first, of all sinks that stood at this address. */
const firsts = (events: readonly CloudEvent[], model: string): CloudEvent[] =>
  events.filter(({ data }) => data.model === model).filter((event, index, own) => own.findIndex(({ id }) => id === event.id) === index)

describe('the moves of a Model, as a sink is told of them by an operator with its own rights', () => {
  it('all arrive, the first time in order, though the sink was away meanwhile and the operator died', async () => {
    for (const name of NAMES) await register(name, 1)
    await delivered(2)
    const { taken, port } = sink
    await sink.close()

    // Nobody waits for the sink: two more versions climb while it is away.
    for (const version of [2, 3]) for (const name of NAMES) await register(name, version)
    await holds(3)
    await expect.poll(() => said('iris'), patient).toBe('SinkUnreachable')
    await operated.replace()
    await sleep(3000)
    sink = await openSink(204, port)
    await delivered(8)
    for (const name of NAMES) expect(await said(name)).toBe('Delivered')

    const events = [...taken, ...sink.taken]
    for (const name of NAMES) {
      const history = ((await statusOf(name)).history ?? []).toReversed()
      expect(history).toHaveLength(8)
      expect(firsts(events, name).map(({ data }) => data)).toEqual(history.map(move => ({ ...move, namespace: 'team-a', model: name })))
      expect(firsts(events, name).map(({ sequence }) => Number(sequence))).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    }
  })

  it('are told once when nothing breaks, with one write more for the Model, and nothing is written at rest', async () => {
    const log = new AuditLog(operated.guarded.bench.plane.auditLog, OPERATOR)
    const told = sink.asked.length
    const mark = log.mark()
    await register('iris', 4)
    await expect.poll(async () => (await statusOf('iris')).delivered?.moves, patient).toBe(11)
    await sleep(2000)
    expect(sink.asked.slice(told).map(({ event }) => `${event.type} ${event.subject}`)).toEqual([
      'io.tidegate.model.promoted iris-v4',
      'io.tidegate.model.archived iris-v3',
      'io.tidegate.model.promoted iris-v4',
    ])
    const writes = (await log.operatorWritesSince(mark, 'team-a')).filter(({ resource }) => resource === 'models/status')
    // Staging, Production, and the word of the sink after each; both words may come in one.
    expect(writes.length).toBeLessThanOrEqual(4)
    const resting = log.mark()
    await sleep(5000)
    expect(await log.operatorWritesSince(resting, 'team-a')).toEqual([])
    expect(await operated.operator.metrics()).toMatch(/^tidegate_cloudevents_pending 0$/m)
  })
})
