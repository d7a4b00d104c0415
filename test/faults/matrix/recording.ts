// A run in which nothing goes wrong: which writes the operator makes, and where it ends. Two of them tell what may differ.
import { type Counts, countsOf } from '../oracles/counts.ts'
import { type Mask, maskOf } from '../oracles/difference.ts'
import { compared, counted } from '../oracles/kinds.ts'
import { passed, untilSilent } from '../oracles/silence.ts'
import { type State, snapshot } from '../oracles/state.ts'
import type { RequestRecord, Verb } from '../proxy/requestrecord.ts'
import type { Ground } from './ground.ts'
import { reached, type Scenario } from './scenario.ts'
import { openStage, type Stage } from './stage.ts'

/** A write by what it does: the n-th of its kind, counted from the user's act on. */
export interface Write {
  verb: Verb
  resource: string
  subresource?: string
  name: string
  nth: number
}

export interface Recording {
  writes: Write[]
  state: State
  counts: Counts
}

export interface Reference {
  scenario: Scenario
  /** Those that both runs made, in the order of the first. */
  writes: Write[]
  state: State
  counts: Counts
  mask: Mask
}

const REST = { seconds: 1.5, within: 30 }
export const PATIENCE_SECONDS = 30

export const reference = async (ground: Ground, scenario: Scenario): Promise<Reference> => {
  const [one, other] = await Promise.all([record(ground, scenario), record(ground, scenario)])
  const both = new Set(other.writes.map(tell))
  const writes = one.writes.filter(write => both.has(tell(write)))
  return { scenario, writes, state: one.state, counts: one.counts, mask: maskOf(one.state, other.state) }
}

const record = async (ground: Ground, scenario: Scenario): Promise<Recording> => {
  const stage = await openStage(ground, scenario.name)
  try {
    const { requestsBefore, mark } = await begin(stage, scenario)
    await scenario.act(stage)
    await reached(() => scenario.done(stage), PATIENCE_SECONDS, `${scenario.name} without faults`)
    await reached(() => isTidy(stage), PATIENCE_SECONDS, `${scenario.name}: what was deleted is gone`)
    await untilSilent(passed(stage.proxy.requests), REST)
    return { writes: writesOf(stage.proxy.requests.slice(requestsBefore)), ...(await outcome(stage, mark)) }
  } finally {
    await stage.close()
  }
}

/** The garbage collector takes what hangs below a deleted object in its own time. */
const isTidy = async ({ ground, namespace }: Stage): Promise<boolean> => {
  const lists = await Promise.all([...compared, ...counted].map(kind => ground.reader.list(kind, namespace)))
  const objects = lists.flatMap(({ items }) => items)
  const here = new Set(objects.map(({ metadata }) => metadata.uid))
  return objects.every(
    ({ metadata: { deletionTimestamp, ownerReferences = [] } }) => !deletionTimestamp && ownerReferences.every(({ uid }) => here.has(uid)),
  )
}

/** The state that is given, at rest; where the proxy's records and the audit log stand then. */
export const begin = async (stage: Stage, scenario: Scenario): Promise<{ requestsBefore: number; mark: number }> => {
  await stage.start()
  await stage.operator.ready()
  if (scenario.given) {
    await scenario.given(stage)
    await untilSilent(passed(stage.proxy.requests), REST)
  }
  return { requestsBefore: stage.proxy.requests.length, mark: stage.ground.audit.mark() }
}

export const outcome = async ({ ground, namespace }: Stage, mark: number): Promise<Pick<Recording, 'state' | 'counts'>> => ({
  state: await snapshot(ground.reader, { namespace, gone: ground.invariants.names }),
  counts: countsOf(await ground.audit.operatorWritesSince(mark, namespace)),
})

const writesOf = (requests: readonly RequestRecord[]): Write[] => {
  const seen = new Map<string, number>()
  return requests
    .filter(({ mutation }) => mutation !== undefined)
    .map(({ verb, resource, subresource, name = '' }) => {
      const what = [verb, resource, subresource, name].join(' ')
      const nth = (seen.get(what) ?? 0) + 1
      seen.set(what, nth)
      return { verb, resource, ...(subresource && { subresource }), name, nth }
    })
}

/** `update trainingjobs/status iris #2` */
export const tell = ({ verb, resource, subresource, name, nth }: Write): string =>
  `${verb} ${subresource ? `${resource}/${subresource}` : resource} ${name} #${nth}`
