// Decides what the trainer is told: the configuration of one run, as a file.
import { builtinTargets } from '../../api/builtin.ts'
import { folds, type TrainerConfig } from '../../api/bundle.ts'
import { CONTRACT_VERSION, trainerPath } from '../../api/contract.ts'
import type { Run } from '../../api/run.ts'
import type { TrainingJob } from '../../api/trainingjob.ts'
import type { KubeObject } from '../../runtime/shape.ts'
import type { Settings } from '../shape.ts'
import { dataClaim, runMetadata } from './names.ts'

const CONFIG_KEY = trainerPath.config.slice(trainerPath.config.lastIndexOf('/') + 1)

export const configMap = (job: TrainingJob, run: Run, { tracking }: Pick<Settings, 'tracking'>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: runMetadata(job, run),
  data: { [CONFIG_KEY]: `${JSON.stringify(trainerConfig(job, run, tracking?.uri), null, 2)}\n` },
})

export const trainerConfig = (job: TrainingJob, run: Pick<Run, 'number' | 'attempt'>, uri?: string): TrainerConfig => {
  const { model, task, stopAfter, data } = job.spec
  const { columns, ignore, fallback, target = ownTarget(data.source) } = data
  const { schema, minRows, maxMissing } = data.checks
  return {
    contract: CONTRACT_VERSION,
    namespace: job.metadata.namespace,
    trainingJob: job.metadata.name,
    run: run.number,
    model,
    task,
    ...(stopAfter && { stopAfter }),
    data: {
      ...source(job),
      ...(fallback && { fallback: fallback.builtin }),
      target,
      ...(columns && { columns }),
      ...(ignore && { ignore }),
      checks: { ...(schema && { schema }), minRows, maxMissing },
      split: data.split,
    },
    ...contest(job, run),
    ...(uri && { tracking: { uri, experiment: job.spec.tracking?.experiment ?? `${job.metadata.namespace}.${model}` } }),
  }
}

type Contest = Pick<TrainerConfig, 'candidate' | 'rivals' | 'crossValidation' | 'ranking' | 'tuning'>

/** What is trained, and how the best is found where there are several: always by cross-validation. */
const contest = (job: TrainingJob, run: Pick<Run, 'number' | 'attempt'>): Contest => {
  const { candidates, crossValidation, register } = job.spec
  const [candidate, ...rivals] = candidates.map(({ algorithm, parameters = {} }) => ({ algorithm, parameters }))
  const tuning = tuningOf(job, run)
  const isRanked = rivals.length > 0 || tuning !== undefined
  const dealt = crossValidation ?? (isRanked ? { folds: folds.usual } : undefined)
  return {
    candidate: candidate ?? { algorithm: '', parameters: {} },
    ...(rivals.length > 0 && { rivals }),
    ...(dealt && { crossValidation: dealt }),
    ...(isRanked && { ranking: { by: register.by, top: register.top } }),
    ...(tuning && { tuning }),
  }
}

const FEWEST_TRIALS = 10

/** The same again would fail the same gate: each run in a row draws more variations than the one before, and others. */
const tuningOf = ({ spec }: TrainingJob, { number, attempt }: Pick<Run, 'number' | 'attempt'>): TrainerConfig['tuning'] =>
  attempt === undefined ? undefined : { trials: (spec.retrain?.onGateFailure?.trials ?? FEWEST_TRIALS) * attempt, seed: number }

/** A spec may leave the target out only for a built-in data set, whose target is known. */
const ownTarget = ({ builtin }: TrainingJob['spec']['data']['source']) => (builtin ? builtinTargets[builtin] : '')

const source = (job: TrainingJob): Pick<TrainerConfig['data'], 'file' | 'builtin' | 'described'> => {
  const { csv, configMap: text, builtin } = job.spec.data.source
  if (csv) return { file: `${trainerPath.data}/${csv.path}`, described: `claim ${dataClaim(job)}, path ${csv.path}`.slice(0, 512) }
  if (text) return { file: `${trainerPath.configMapData}/${text.key}`, described: `ConfigMap ${text.name}, key ${text.key}` }
  return { ...(builtin && { builtin }), described: `built-in data set ${builtin}` }
}
