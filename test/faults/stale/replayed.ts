// The operator is told an older list, and follows watches that say nothing: nothing but the preconditions of its writes protects anybody.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Ground } from '../matrix/ground.ts'
import { type Reference, reference } from '../matrix/recording.ts'
import { reached, type Scenario } from '../matrix/scenario.ts'
import { serving } from '../matrix/scenarios/serving.ts'
import { training } from '../matrix/scenarios/training.ts'
import type { Stage } from '../matrix/stage.ts'
import type { FrozenVerdict } from './frozen.ts'
import { attemptsSince } from './servers.ts'
import { openTrial, problemsOf, type StaleTrial } from './staletrial.ts'

interface ReplayCase {
  name: string
  story: Scenario
  /** The kind whose list is the old one; all without it. */
  resource?: string
  /** Whether the process that is told the past is a new one. */
  restarts: boolean
  /** The lists are remembered in the middle of the user's act, before the operator has seen any of it. */
  early?: true
  /**
   * The truth comes to a new process, in lists. Watches from so long ago tell it of each kind at another time, and in between a run whose Job is
   * not seen yet looks like one whose Job was deleted: its ConfigMap would go. No API server answers a list without a version from the past.
   */
  truthInLists?: true
}

const named = (scenarios: readonly Scenario[], name: string): Scenario => {
  const found = scenarios.find(each => each.name === name)
  if (!found) throw new Error(`no scenario is called ${name}`)
  return found
}

export const replayCases: readonly ReplayCase[] = [
  { name: 'a running operator is told what was before a service came', story: named(serving, 'serve'), restarts: false },
  {
    name: 'a new operator takes a run that has ended for one that is to begin',
    story: named(training, 'train'),
    restarts: true,
    early: true,
    truthInLists: true,
  },
  { name: 'a new operator takes a service that answers for a new one', story: named(serving, 'serve'), restarts: true, early: true },
  {
    name: 'a new operator believes in a service that was deleted',
    story: named(serving, 'delete-service'),
    resource: 'inferenceservices',
    restarts: true,
  },
  {
    name: 'a new operator believes in what was asked of a service before',
    story: named(serving, 'pin'),
    resource: 'inferenceservices',
    restarts: true,
  },
  {
    name: 'a new operator believes in the holder of before a promotion',
    story: named(serving, 'promote'),
    resource: 'models',
    restarts: true,
  },
]

const PAST_MS = 5000

const tellThePast = ({ proxy }: Stage, { resource, restarts }: ReplayCase): void => {
  const kind = resource === undefined ? {} : { resource }
  const always = Number.POSITIVE_INFINITY
  proxy.inject({ on: { verb: 'list', ...kind }, times: always, act: { kind: 'replay' } })
  proxy.inject({ on: { verb: 'watch', ...kind }, times: always, act: { kind: 'stream', how: restarts ? 'half-open' : 'gone' } })
}

const act = async ({ stage, reference: { scenario } }: StaleTrial, { early }: ReplayCase): Promise<void> => {
  if (!early) await stage.proxy.recordLists()
  else await stage.kill()
  await scenario.act(stage)
  if (!early) return
  await stage.proxy.recordLists()
  await stage.start()
}

const tryReplay = async (trial: StaleTrial, each: ReplayCase): Promise<string[]> => {
  const { stage } = trial
  await act(trial, each)
  await reached(() => each.story.done(stage), 60, each.story.name)
  await sleep(1000)
  if (each.restarts) await stage.kill()
  tellThePast(stage, each)
  const start = stage.proxy.requests.length
  if (each.restarts) await stage.start()
  else await stage.proxy.disconnect()
  await sleep(PAST_MS)
  const replayed = stage.proxy.requests
    .slice(start)
    .filter(({ verb, status, told }) => verb === 'list' && status === undefined && told === 200)
  const { granted } = attemptsSince(stage.proxy.requests, start)
  if (each.truthInLists) await stage.kill()
  stage.proxy.clear()
  if (each.truthInLists) await stage.start()
  else await stage.proxy.disconnect()
  return [...(replayed.length > 0 ? [] : ['no old list was told']), ...granted.map(what => `granted on what is old: ${what}`)]
}

/** All at the same time, each in a namespace of its own. */
export const tryReplayed = async (ground: Ground, cases: readonly ReplayCase[] = replayCases): Promise<FrozenVerdict[]> => {
  const stories = [...new Set(cases.map(({ story }) => story))]
  const references = new Map(await Promise.all(stories.map(async story => [story, await reference(ground, story)] as const)))
  return await Promise.all(
    cases.map(async each => {
      const trial = await openTrial(ground, references.get(each.story) as Reference)
      try {
        return { name: each.name, problems: [...(await tryReplay(trial, each)), ...(await problemsOf(trial))] }
      } catch (error) {
        return { name: each.name, problems: [String(error)] }
      } finally {
        await trial.stage.close()
      }
    }),
  )
}
