// What people do with InferenceServices, and what others do to their children.
import {
  autoscalers,
  deployments,
  disruptionBudgets,
  inferenceServices,
  ingresses,
  models,
  modelVersions,
  pods,
  services,
} from '../../../../operator/controllers/resources.ts'
import { example } from '../../../e2e/example.ts'
import { reached, readyIn, type Scenario, says } from '../scenario.ts'
import type { Stage } from '../stage.ts'
import { answers, holds, isGone, served, user } from './objects.ts'

const change = (stage: Stage, spec: object) => stage.merge(inferenceServices, 'iris', { spec })

/** The Deployment's pods have followed its template. */
const rolledOut = async (stage: Stage, name = 'iris-v1'): Promise<boolean> => {
  const deployment = await stage.get(deployments, name)
  const { observedGeneration, replicas, updatedReplicas, availableReplicas } = (deployment?.['status'] ?? {}) as Record<string, number>
  return observedGeneration === deployment?.metadata.generation && replicas === 1 && updatedReplicas === 1 && availableReplicas === 1
}

/** The garbage collector takes what hangs below a Deployment one after the other. */
const hasNoPods = async ({ ground, namespace }: Stage): Promise<boolean> =>
  (await ground.client.list(pods, { namespace })).items.length === 0

const specOf = async (stage: Stage, kind: Parameters<Stage['get']>[0], name: string) =>
  ((await stage.get(kind, name))?.['spec'] ?? {}) as Record<string, unknown>

export const serving: readonly Scenario[] = [
  {
    name: 'serve',
    given: async stage => {
      await user.opensModel(stage)
      await user.imports(stage, 1)
      await reached(() => holds(1)(stage), 60, 'version 1 holds Production')
    },
    act: user.serves,
    done: answers(1),
  },
  {
    name: 'all-at-once',
    act: async stage => {
      await user.trains(stage)
      await user.serves(stage)
    },
    done: answers(1),
  },
  {
    name: 'update',
    given: served,
    act: async stage => void (await change(stage, { server: { requestTimeout: '7s', resources: { requests: { cpu: '20m' } } } })),
    done: async stage => (await answers(1)(stage)) && (await rolledOut(stage)),
  },
  {
    name: 'scale',
    given: served,
    act: async stage => void (await change(stage, { autoscaling: { min: 1, max: 7, cpu: 50 } })),
    done: async stage => (await answers(1)(stage)) && (await specOf(stage, autoscalers, 'iris-v1'))['maxReplicas'] === 7,
  },
  {
    name: 'expose',
    given: served,
    act: async stage => void (await change(stage, { ingress: { host: 'other.localhost' } })),
    done: async stage => {
      const { rules } = (await specOf(stage, ingresses, 'iris')) as { rules?: { host?: string }[] }
      return (await answers(1)(stage)) && rules?.[0]?.host === 'other.localhost'
    },
  },
  {
    name: 'hide',
    given: served,
    act: async stage => void (await change(stage, { ingress: null })),
    done: async stage => (await answers(1)(stage)) && (await isGone(stage, ingresses)),
  },
  {
    name: 'promote',
    given: served,
    act: stage => user.imports(stage, 2),
    done: async stage => (await answers(2)(stage)) && (await isGone(stage, deployments, 'iris-v1')),
  },
  {
    name: 'pin',
    given: async stage => {
      await served(stage)
      await user.imports(stage, 2)
      await reached(() => answers(2)(stage), 60, 'version 2 is served')
    },
    act: async stage => void (await change(stage, { traffic: [{ version: 1 }] })),
    done: async stage => (await answers(1)(stage)) && (await isGone(stage, deployments, 'iris-v2')),
  },
  {
    name: 'replace-service',
    given: served,
    act: async stage => {
      await stage.remove(inferenceServices, 'iris')
      const { service } = example()
      await stage.create(inferenceServices, { ...service, spec: { ...service.spec, autoscaling: { min: 1, max: 5 } } })
    },
    done: async stage => (await answers(1)(stage)) && (await specOf(stage, autoscalers, 'iris-v1'))['maxReplicas'] === 5,
    except: ['an entry pod is ready'],
  },
  {
    name: 'delete-service',
    given: served,
    act: stage => stage.remove(inferenceServices, 'iris'),
    done: async stage => (await isGone(stage, deployments, 'iris-v1')) && (await isGone(stage, services)) && (await hasNoPods(stage)),
    except: ['an entry pod is ready'],
  },
  {
    name: 'delete-model',
    given: served,
    act: stage => stage.remove(models, 'iris'),
    done: async stage =>
      says(await stage.get(inferenceServices, 'iris'), { type: 'RolloutHealthy', status: 'Unknown', reason: 'NoVersion' }),
  },
  {
    name: 'delete-version',
    given: served,
    act: stage => stage.remove(modelVersions, 'iris-v1'),
    done: stage => readyIn(stage, models, { status: 'False', reason: 'HolderMissing' }),
  },
  {
    name: 'repair',
    given: served,
    act: async stage => {
      await stage.remove(services, 'iris')
      await stage.remove(disruptionBudgets, 'iris')
      await stage.merge(deployments, 'iris-v1', { spec: { minReadySeconds: 3 }, metadata: { labels: { 'tidegate.io/model': 'other' } } })
    },
    done: async stage =>
      !(await isGone(stage, services)) && !(await isGone(stage, disruptionBudgets)) && (await readyIn(stage, inferenceServices)),
    except: ['an entry pod is ready'],
  },
  {
    name: 'upgrade',
    given: served,
    act: async stage => {
      await stage.upgrade({ TIDEGATE_SERVER_IMAGE: 'tidegate/server:newer' })
      await change(stage, { server: { requestTimeout: '9s' } })
    },
    done: async stage => {
      const service = await stage.get(inferenceServices, 'iris')
      const { serverImage } = (service?.['status'] ?? {}) as { serverImage?: string }
      return (await answers(1)(stage)) && (await rolledOut(stage)) && serverImage === 'tidegate/server:newer'
    },
  },
]
