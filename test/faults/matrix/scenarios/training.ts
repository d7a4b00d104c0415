// What people do with TrainingJobs.
import { annotation } from '../../../../operator/api/contract.ts'
import type { TrainingJobStatus } from '../../../../operator/api/trainingjob.ts'
import { configMaps, jobs, models, trainingJobs } from '../../../../operator/controllers/resources.ts'
import { example } from '../../../e2e/example.ts'
import { badData, hangs, succeeds } from '../../nodes/trainerbehaviours.ts'
import { reached, readyIn, type Scenario, statusOf } from '../scenario.ts'
import type { Stage } from '../stage.ts'
import { holds, isGone, isTrained, trained, user } from './objects.ts'

/** Job controller and node are done with it, too. */
const suspended = async (stage: Stage): Promise<boolean> => {
  const job = await stage.get(jobs, 'iris-run-1')
  const { conditions = [], terminating = 0 } = (job?.['status'] ?? {}) as {
    conditions?: { type: string; status: string }[]
    terminating?: number
  }
  const isResting = terminating === 0 && conditions.some(({ type, status }) => type === 'Suspended' && status === 'True')
  return isResting && (await readyIn(stage, trainingJobs, { status: 'False', reason: 'Suspended' }))
}
const running = async (stage: Stage) => ((await stage.get(jobs, 'iris-run-1'))?.['status'] as { ready?: number } | undefined)?.ready === 1

const hanging = async (stage: Stage): Promise<void> => {
  stage.ground.node.act({ on: { namespace: stage.namespace }, trainer: hangs, times: 1 })
  await user.trains(stage)
  await reached(() => running(stage), 60, 'the trainer runs')
}

const candidates = [
  { algorithm: 'logisticRegression', parameters: { max_iter: 200 } },
  { algorithm: 'randomForest', parameters: { n_estimators: 50 } },
]

export const training: readonly Scenario[] = [
  {
    name: 'train',
    act: user.trains,
    done: async stage => (await isTrained(stage)) && (await holds(1)(stage)),
  },
  {
    name: 'bad-data',
    given: async stage => void stage.ground.node.act({ on: { namespace: stage.namespace }, trainer: badData }),
    act: user.trains,
    done: stage => readyIn(stage, trainingJobs, { status: 'False', reason: 'DataInvalid' }),
  },
  {
    name: 'reject',
    given: async stage => {
      const metrics = [{ name: 'accuracy', value: 0.5 }]
      stage.ground.node.act({ on: { namespace: stage.namespace }, trainer: succeeds({ metrics }) })
    },
    act: user.trains,
    done: async stage => (await isTrained(stage)) && (await statusOf(stage, trainingJobs, 'iris'))['version'] === 'iris-v1',
  },
  {
    name: 'run-again',
    given: trained,
    act: async stage => void (await stage.merge(trainingJobs, 'iris', { metadata: { annotations: { [annotation.runRequested]: 'now' } } })),
    done: async stage => (await isTrained(stage)) && (await holds(2)(stage)),
  },
  {
    // Dies between two registrations, too: there must be exactly two versions, and the best under the higher number.
    name: 'two-best',
    act: async stage => {
      await stage.create(models, example().model)
      await stage.create(trainingJobs, {
        ...example().trainingJob,
        spec: { ...example().trainingJob.spec, register: { top: 2 }, candidates },
      })
    },
    done: async stage => (await isTrained(stage)) && (await holds(2)(stage)),
  },
  {
    name: 'search-wider',
    given: async stage => {
      stage.ground.node.act({ on: { namespace: stage.namespace }, trainer: succeeds({ metrics: [{ name: 'accuracy', value: 0.5 }] }) })
    },
    act: async stage => {
      const retrain = { onGateFailure: { after: '1s', attempts: 1, trials: 2 } }
      await stage.create(models, example().model)
      await stage.create(trainingJobs, { ...example().trainingJob, spec: { ...example().trainingJob.spec, retrain } })
    },
    done: async stage => {
      const { runs = [] } = (await statusOf(stage, trainingJobs, 'iris')) as Pick<TrainingJobStatus, 'runs'>
      return runs.length === 2 && runs[0]?.judgement?.verdict === 'Refused'
    },
  },
  {
    name: 'suspend',
    given: hanging,
    act: async stage => void (await stage.merge(trainingJobs, 'iris', { spec: { suspend: true } })),
    done: suspended,
  },
  {
    name: 'resume',
    given: async stage => {
      await hanging(stage)
      await stage.merge(trainingJobs, 'iris', { spec: { suspend: true } })
      await reached(() => suspended(stage), 60, 'the run is suspended')
    },
    act: async stage => void (await stage.merge(trainingJobs, 'iris', { spec: { suspend: false } })),
    done: async stage => (await isTrained(stage)) && (await holds(1)(stage)),
  },
  {
    name: 'replace-job',
    given: trained,
    act: async stage => {
      await stage.remove(trainingJobs, 'iris')
      await stage.create(trainingJobs, example().trainingJob)
    },
    done: async stage => (await isTrained(stage)) && (await holds(2)(stage)),
  },
  {
    name: 'delete-job',
    given: trained,
    act: stage => stage.remove(trainingJobs, 'iris'),
    done: async stage => (await isGone(stage, jobs, 'iris-run-1')) && (await isGone(stage, configMaps, 'iris-run-1')),
  },
  {
    name: 'stop-running-job',
    given: hanging,
    act: stage => stage.remove(trainingJobs, 'iris'),
    done: stage => isGone(stage, jobs, 'iris-run-1'),
  },
]
