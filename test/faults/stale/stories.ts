// What people do while the operator is shown the past.
import { autoscalers, inferenceServices, jobs } from '../../../operator/controllers/resources.ts'
import { example } from '../../e2e/example.ts'
import { reached, type Scenario } from '../matrix/scenario.ts'
import { answers, holds, isTrained, served, user } from '../matrix/scenarios/objects.ts'
import type { Stage } from '../matrix/stage.ts'
import { succeeds } from '../nodes/trainerbehaviours.ts'

export const scale = async (stage: Stage): Promise<void> =>
  void (await stage.merge(inferenceServices, 'iris', { spec: { autoscaling: { min: 1, max: 7, cpu: 50 } } }))

const mostReplicas = async (stage: Stage): Promise<unknown> =>
  ((await stage.get(autoscalers, 'iris-v1'))?.['spec'] as { maxReplicas?: number } | undefined)?.maxReplicas

const withoutService = async (stage: Stage): Promise<void> => {
  await user.opensModel(stage)
  await user.imports(stage, 1)
  await reached(() => holds(1)(stage), 60, 'version 1 holds Production')
}

/** A service comes, and is changed when it answers. */
export const serveAndScale: Scenario = {
  name: 'serve-scale',
  given: withoutService,
  act: async stage => {
    await user.serves(stage)
    await reached(() => answers(1)(stage), 60, 'version 1 is served')
    await scale(stage)
  },
  done: async stage => (await answers(1)(stage)) && (await mostReplicas(stage)) === 7,
}

const RUN_MS = 5000

export const jobRuns = async (stage: Stage): Promise<boolean> =>
  ((await stage.get(jobs, 'iris-run-1'))?.['status'] as { ready?: number } | undefined)?.ready === 1

export const jobEnded = async (stage: Stage): Promise<boolean> =>
  ((await stage.get(jobs, 'iris-run-1'))?.['status'] as { succeeded?: number } | undefined)?.succeeded === 1

/** A run that takes a while is under way, and ends. */
export const runEnds: Scenario = {
  name: 'run-ends',
  given: async stage => {
    stage.ground.node.act({ on: { namespace: stage.namespace }, trainer: succeeds({ runMs: RUN_MS }) })
  },
  act: async stage => {
    await user.trains(stage)
    await reached(() => jobRuns(stage), 60, 'the trainer runs')
  },
  done: async stage => (await isTrained(stage)) && (await holds(1)(stage)),
}

export const replaceService = async (stage: Stage): Promise<void> => {
  await stage.remove(inferenceServices, 'iris')
  const { service } = example()
  await stage.create(inferenceServices, { ...service, spec: { ...service.spec, autoscaling: { min: 1, max: 7 } } })
}

/** A service is replaced by another one of its name. */
export const serviceReplaced: Scenario = {
  name: 'replaced',
  given: served,
  act: replaceService,
  done: async stage => (await answers(1)(stage)) && (await mostReplicas(stage)) === 7,
  except: ['an entry pod is ready'],
}
