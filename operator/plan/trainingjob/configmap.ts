// Decides what the trainer is told: the configuration of one run, as a file.
import { builtinTargets } from '../../api/builtin.ts'
import type { TrainerConfig } from '../../api/bundle.ts'
import { CONTRACT_VERSION, trainerPath } from '../../api/contract.ts'
import type { Run, TrainingJob } from '../../api/trainingjob.ts'
import type { KubeObject } from '../../runtime/shape.ts'
import type { Settings } from '../shape.ts'
import { dataClaim, runMetadata } from './names.ts'

const CONFIG_KEY = trainerPath.config.slice(trainerPath.config.lastIndexOf('/') + 1)

export const configMap = (job: TrainingJob, run: Run, { tracking }: Pick<Settings, 'tracking'>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: runMetadata(job, run),
  data: { [CONFIG_KEY]: `${JSON.stringify(trainerConfig(job, run.number, tracking?.uri), null, 2)}\n` },
})

export const trainerConfig = (job: TrainingJob, run: number, uri?: string): TrainerConfig => {
  const { model, task, stopAfter, data, candidates } = job.spec
  const { columns, ignore, fallback, target = ownTarget(data.source) } = data
  const { schema, minRows, maxMissing } = data.checks
  const [candidate] = candidates
  return {
    contract: CONTRACT_VERSION,
    namespace: job.metadata.namespace,
    trainingJob: job.metadata.name,
    run,
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
    candidate: { algorithm: candidate?.algorithm ?? '', parameters: candidate?.parameters ?? {} },
    ...(uri && { tracking: { uri, experiment: job.spec.tracking?.experiment ?? `${job.metadata.namespace}.${model}` } }),
  }
}

/** A spec may leave the target out only for a built-in data set, whose target is known. */
const ownTarget = ({ builtin }: TrainingJob['spec']['data']['source']) => (builtin ? builtinTargets[builtin] : '')

const source = (job: TrainingJob): Pick<TrainerConfig['data'], 'file' | 'builtin' | 'described'> => {
  const { csv, configMap: text, builtin } = job.spec.data.source
  if (csv) return { file: `${trainerPath.data}/${csv.path}`, described: `claim ${dataClaim(job)}, path ${csv.path}`.slice(0, 512) }
  if (text) return { file: `${trainerPath.configMapData}/${text.key}`, described: `ConfigMap ${text.name}, key ${text.key}` }
  return { ...(builtin && { builtin }), described: `built-in data set ${builtin}` }
}
