// The operator is moved to an API server that knows nothing since a certain moment, and back.
import { setTimeout as sleep } from 'node:timers/promises'
import { inferenceServices, jobs, models, trainingJobs } from '../../../operator/controllers/resources.ts'
import type { Ground } from '../matrix/ground.ts'
import { type Reference, reference } from '../matrix/recording.ts'
import { reached, type Scenario } from '../matrix/scenario.ts'
import { answers, user } from '../matrix/scenarios/objects.ts'
import type { Stage } from '../matrix/stage.ts'
import { attemptsSince, knownToSecond, openServers, type Servers } from './servers.ts'
import { openTrial, problemsOf, type StaleTrial } from './staletrial.ts'
import { jobEnded, jobRuns, replaceService, runEnds, scale, serveAndScale, serviceReplaced } from './stories.ts'

interface Past {
  trial: StaleTrial
  servers: Servers
  problems: string[]
}

export interface FrozenCase {
  name: string
  story: Scenario
  /** What the frozen server must know before it is frozen; after `given`. */
  before?: (stage: Stage) => Promise<void>
  /** From here on the second server is frozen. Ends with the operator at the first one. */
  act: (past: Past) => Promise<void>
}

export interface FrozenVerdict {
  name: string
  problems: string[]
}

/** Long enough for an operator that would believe the frozen server to do something about it. */
const STALE_MS = 3000

/** At the frozen server while `meanwhile` is done at the other one; nothing may come of it. */
const inThePast = async ({ trial: { stage }, servers, problems }: Past, meanwhile: () => Promise<void>): Promise<void> => {
  const start = stage.proxy.requests.length
  await servers.move(stage, 'second')
  await meanwhile()
  await sleep(STALE_MS)
  const { beyondStatus, granted } = attemptsSince(stage.proxy.requests, start)
  problems.push(...beyondStatus.map(each => `tried on what is old: ${each}`), ...granted.map(each => `granted on what is old: ${each}`))
  await servers.move(stage, 'first')
}

/** Every watch that is opened has to begin with a list. */
const forget = ({ proxy }: Stage): (() => void) =>
  proxy.inject({ on: { verb: 'watch' }, times: Number.POSITIVE_INFINITY, act: { kind: 'stream', how: 'gone' } })

const listsAnswered = ({ proxy }: Stage, start: number): string[] =>
  proxy.requests
    .slice(start)
    .filter(({ verb, status }) => verb === 'list' && status === 200)
    .map(({ path }) => `the frozen server answered a list: ${path}`)

const served = async ({ trial: { stage }, servers, problems }: Past): Promise<void> => {
  await user.serves(stage)
  const old = await servers.toldBySecond(inferenceServices, stage.namespace)
  if (old.has('iris')) problems.push('the second server is not frozen: it knows the service')
  await reached(() => answers(1)(stage), 60, 'version 1 is served')
}

const replaced = async ({ trial: { stage }, servers, problems }: Past): Promise<void> => {
  await replaceService(stage)
  const old = await servers.toldBySecond(inferenceServices, stage.namespace)
  const uid = (await stage.get(inferenceServices, 'iris'))?.metadata.uid
  if (!old.has('iris') || old.get('iris') === uid) problems.push('the second server is not frozen: it does not tell of the old service')
}

/** Kills the operator, and starts one that finds nothing but the frozen server. */
const restartedInThePast = async (past: Past, meanwhile: () => Promise<void>): Promise<void> => {
  const { stage } = past.trial
  await stage.kill()
  await inThePast(past, async () => {
    const start = stage.proxy.requests.length
    await stage.start()
    await meanwhile()
    await sleep(STALE_MS)
    past.problems.push(...listsAnswered(stage, start))
    if ((await readiness(stage)) === 'ok') past.problems.push('the operator is ready, though it cannot have listed anything')
  })
}

const readiness = async ({ operator }: Stage): Promise<string> =>
  await fetch(`${operator.url}/readyz`).then(
    async answer => (await answer.text()).trim(),
    () => 'no answer',
  )

export const frozenCases: readonly FrozenCase[] = [
  {
    name: 'a running operator is moved to the frozen server after it wrote, and follows on',
    story: serveAndScale,
    act: async past => {
      await served(past)
      await inThePast(past, () => scale(past.trial.stage))
    },
  },
  {
    name: 'a running operator is moved to the frozen server after it wrote, and has to list there',
    story: serveAndScale,
    act: async past => {
      const { stage } = past.trial
      await served(past)
      const undo = forget(stage)
      const start = stage.proxy.requests.length
      await inThePast(past, async () => {
        await scale(stage)
        await sleep(STALE_MS)
        past.problems.push(...listsAnswered(stage, start))
      })
      undo()
    },
  },
  {
    name: 'an operator is started at the frozen server',
    story: serveAndScale,
    act: async past => {
      await served(past)
      await restartedInThePast(past, () => scale(past.trial.stage))
    },
  },
  {
    name: 'a service is replaced by another of its name meanwhile',
    story: serviceReplaced,
    act: past => inThePast(past, () => replaced(past)),
  },
  {
    name: 'a service is replaced by another of its name meanwhile, and an operator is started at the frozen server',
    story: serviceReplaced,
    act: past => restartedInThePast(past, () => replaced(past)),
  },
  {
    name: 'a run ends meanwhile',
    story: runEnds,
    before: runs,
    act: past => inThePast(past, () => reached(() => jobEnded(past.trial.stage), 30, 'the Job has ended')),
  },
  {
    name: 'a run ends meanwhile, and an operator is started at the frozen server',
    story: runEnds,
    before: runs,
    act: past => restartedInThePast(past, () => reached(() => jobEnded(past.trial.stage), 30, 'the Job has ended')),
  },
]

async function runs(stage: Stage): Promise<void> {
  await user.trains(stage)
  await reached(() => jobRuns(stage), 60, 'the trainer runs')
}

/** All of them share one freeze. */
export const tryFrozen = async (ground: Ground, cases: readonly FrozenCase[] = frozenCases): Promise<FrozenVerdict[]> => {
  const servers = await openServers(ground)
  const stories = [...new Set(cases.map(({ story }) => story))]
  const references = new Map(await Promise.all(stories.map(async story => [story, await reference(ground, story)] as const)))
  const opened = await Promise.all(
    cases.map(async each => ({ each, trial: await openTrial(ground, references.get(each.story) as Reference) })),
  )
  try {
    await Promise.all(opened.map(({ each, trial }) => ready(each, trial.stage, servers)))
    servers.second.freeze()
    const acted = await Promise.all(
      opened.map(async ({ each, trial }) => {
        const problems: string[] = []
        await each.act({ trial, servers, problems }).catch((error: unknown) => problems.push(String(error)))
        return { name: each.name, problems, trial }
      }),
    )
    servers.second.thaw()
    return await Promise.all(
      acted.map(async ({ name, problems, trial }) => ({
        name,
        problems: [...problems, ...(await problemsOf(trial).catch((error: unknown) => [String(error)]))],
      })),
    )
  } finally {
    servers.second.thaw()
    await Promise.all(opened.map(({ trial }) => trial.stage.close()))
  }
}

const ready = async (each: FrozenCase, stage: Stage, servers: Servers): Promise<void> => {
  await each.before?.(stage)
  const { namespace } = stage
  const kinds = each.before ? [trainingJobs, jobs] : each.story === serviceReplaced ? [inferenceServices] : [models]
  for (const kind of kinds) {
    const name = kind === jobs ? 'iris-run-1' : 'iris'
    await knownToSecond(servers, { kind, namespace, name })
  }
}
