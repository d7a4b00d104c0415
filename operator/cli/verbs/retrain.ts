// retrain: a new value of one annotation asks a TrainingJob for one more run.
import { annotation } from '../../api/contract.ts'
import type { TrainingJob } from '../../api/trainingjob.ts'
import { trainingJobs } from '../../controllers/resources.ts'
import { isNotFound } from '../../runtime/errors.ts'
import { find } from '../cluster.ts'
import type { Verb } from './verb.ts'

export const retrain: Verb = async ({ cluster, names: [name = ''] }) => {
  const { client, namespace, clock } = cluster
  const change = { metadata: { annotations: { [annotation.runRequested]: clock.now().toISOString() } } }
  try {
    const object = (await client.merge(trainingJobs, { namespace, name }, change)) as unknown as TrainingJob
    return {
      object,
      text: `trainingjob ${name}: ${whatFollows(object)}; follow it with: kubectl get trainingjob ${name} -n ${namespace} -w`,
    }
  } catch (error) {
    if (isNotFound(error)) await find(cluster, trainingJobs, name)
    throw error
  }
}

const whatFollows = ({ spec, status }: TrainingJob): string => {
  const last = status?.runs?.[0]
  const next = `run ${(last?.number ?? 0) + 1}`
  if (spec.suspend) return `${next} is requested, and begins when spec.suspend is false`
  return last?.outcome === 'Running' ? `run ${last.number} goes on, and ${next} follows` : `${next} is requested`
}
