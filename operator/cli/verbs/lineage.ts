// lineage: rows → run → version → stage → services, from whichever end a person starts.
import { annotation } from '../../api/contract.ts'
import type { ImportSource } from '../../api/import.ts'
import type { InferenceService } from '../../api/inferenceservice.ts'
import type { Model } from '../../api/model.ts'
import type { ModelVersion } from '../../api/modelversion.ts'
import type { TrainingJob } from '../../api/trainingjob.ts'
import { bundleOf } from '../../api/versionbundle.ts'
import { inferenceServices, models, modelVersions, trainingJobs } from '../../controllers/resources.ts'
import { sourceWords } from '../../plan/model/importing/words.ts'
import { NONE } from '../../plan/model/moves.ts'
import { type Cluster, find, listed } from '../cluster.ts'
import { Failure } from '../failure.ts'
import { standing } from '../ladder.ts'
import { stamp } from '../moment.ts'
import { table } from '../table.ts'
import { short } from '../versions.ts'
import type { Verb } from './verb.ts'

/** One version with everything that it came from and went to. */
interface Chain {
  version: ModelVersion
  trainingJob?: TrainingJob
  model?: Model
  services: InferenceService[]
}

export const lineage: Verb = async ({ cluster, names: [name = ''] }) => {
  const versions = await versionsAt(cluster, name)
  const services = await listed<InferenceService>(cluster, inferenceServices)
  const chains = await Promise.all(versions.map(version => chainOf(cluster, version, services)))
  return { object: chains, text: chains.map(chain => table(['STEP', 'NAME', 'DETAIL'], rowsOf(chain))).join('\n\n') }
}

const versionsAt = async (cluster: Cluster, name: string): Promise<ModelVersion[]> => {
  if (name.startsWith('sha256:')) return await trainedOn(cluster, name)
  // Names of services never end like those of versions.
  if (/-v[0-9]+$/.test(name)) return [await find<ModelVersion>(cluster, modelVersions, name)]
  const service = await find<InferenceService>(cluster, inferenceServices, name)
  const numbers = servedBy(service)
  if (numbers.length === 0)
    throw new Failure(`InferenceService ${name} serves no version yet: kubectl get inferenceservice ${name} says why`)
  return await Promise.all(numbers.map(number => find<ModelVersion>(cluster, modelVersions, `${service.spec.model}-v${number}`)))
}

const trainedOn = async (cluster: Cluster, digest: string): Promise<ModelVersion[]> => {
  const versions = await listed<ModelVersion>(cluster, modelVersions)
  const found = versions.filter(({ spec }) => spec.source?.dataDigest?.startsWith(digest))
  if (found.length === 0) throw new Failure(`no version of namespace ${cluster.namespace} was trained on rows with digest ${digest}`)
  return found
}

/** The entry first. */
const servedBy = ({ status }: InferenceService): number[] => [
  ...new Set([...(status?.entry === undefined ? [] : [status.entry]), ...(status?.traffic ?? []).map(({ version }) => version)]),
]

const chainOf = async (cluster: Cluster, version: ModelVersion, services: readonly InferenceService[]): Promise<Chain> => {
  const { client, namespace } = cluster
  const { source, model: modelName } = version.spec
  const [job, model] = await Promise.all([
    source && client.get(trainingJobs, { namespace, name: source.trainingJob }),
    client.get(models, { namespace, name: modelName }),
  ])
  return {
    version,
    // Another object under the old name says nothing about the run.
    ...(job && job.metadata.uid === source?.uid && { trainingJob: job as unknown as TrainingJob }),
    ...(model && { model: model as unknown as Model }),
    services: services.filter(({ spec }) => spec.model === modelName),
  }
}

const rowsOf = (chain: Chain): string[][] => [...origin(chain), versionRow(chain), ...whereabouts(chain)]

/** The id of a run is too long to stand beside anything else. */
const importedFrom = (from: ImportSource, digest: string): string[] => [
  'source',
  from.mlflow ? `run ${from.mlflow.run}` : sourceWords(from),
  `${from.mlflow ? 'in MLflow, ' : ''}imported as ${short(digest)}`,
]

const origin = ({ version, trainingJob }: Chain): string[][] => {
  const { source } = version.spec
  const { import: imported } = version.spec
  if (!source && imported) return [...original(version), importedFrom(imported.from, version.spec.digest)]
  if (!source) return [['data', 'unknown', 'the version does not say where it comes from']]
  const run = trainingJob?.status?.runs?.find(({ number }) => number === source.run)
  const ended = run?.finishedAt ? `${run.outcome} ${stamp(run.finishedAt)}` : 'not among the runs that its status keeps'
  const detail = trainingJob ? ended : `the TrainingJob with uid ${source.uid} does not exist any more`
  return [
    ['data', short(source.dataDigest) || 'unknown', trainingJob ? wordsOf(trainingJob) : ''],
    ['run', `${source.trainingJob}-run-${source.run}`, detail],
  ]
}

/** Only a word of whoever wrote the copy; the digest is what was checked. */
const original = ({ metadata }: ModelVersion): string[][] => {
  const name = metadata.annotations?.[annotation.copiedFrom]
  return name ? [['original', name, 'as the annotation of the copy says']] : []
}

const wordsOf = ({ spec: { data } }: TrainingJob): string => {
  const { csv, configMap, builtin } = data.source
  if (csv) return `${csv.path} on claim ${csv.claim ?? 'of storage.data'}`
  return configMap ? `key ${configMap.key} of ConfigMap ${configMap.name}` : `built-in ${builtin}`
}

const versionRow = ({ version }: Chain): string[] => [
  'version',
  version.metadata.name,
  [
    version.spec.source?.algorithm,
    `bundle ${short(bundleOf(version)?.digest) || 'not imported yet'}`,
    `claim ${version.spec.artifact.claim}`,
  ]
    .filter(Boolean)
    .join(', '),
]

const whereabouts = ({ version, model, services }: Chain): string[][] => {
  const number = version.spec.version
  const stage = model ? standing(model, number) : NONE
  const since = stamp(model?.status?.since?.[stage])
  const noModel = `no Model named ${version.spec.model} exists`
  const related = services.map(service => serviceRow(service, number, stage)).filter(row => row !== undefined)
  return [
    ['stage', stage, model ? since && `since ${since}` : noModel],
    ...(related.length > 0 ? related : [['service', 'none', 'no InferenceService serves it']]),
  ]
}

const serviceRow = (service: InferenceService, version: number, stage: string): string[] | undefined => {
  const { metadata, spec, status } = service
  const share = status?.traffic?.find(each => each.version === version)
  const asks = spec.traffic.some(each => each.version === version || (each.stage !== undefined && each.stage === stage))
  const pods = share ? `, ${share.ready} of ${share.replicas} pods ready` : ''
  if (status?.entry === version) return ['service', metadata.name, `serves it${pods}${status.url ? `, ${status.url}` : ''}`]
  if (share) return ['service', metadata.name, `runs it beside v${status?.entry ?? '?'}${pods}`]
  return asks ? ['service', metadata.name, `asks for it, and serves ${status?.entry ? `v${status.entry}` : 'nothing yet'}`] : undefined
}
