// gates: what every gate says of a version, or what gates would say by a Model, of a ModelVersion, that only a file has.
import { type Gate, gateName, needsJob } from '../../api/gate.ts'
import { Model, type ModelSpec } from '../../api/model.ts'
import { type GateResult, type Measurement, ModelVersion } from '../../api/modelversion.ts'
import { validate } from '../../api/validate.ts'
import { bundleOf } from '../../api/versionbundle.ts'
import { models, modelVersions } from '../../controllers/resources.ts'
import { pastVerdicts } from '../../plan/model/gaterun/verdicts.ts'
import { type Cluster, find } from '../cluster.ts'
import { UsageError } from '../failure.ts'
import { type Manifest, manifestsOf, mostOne } from '../manifests.ts'
import { table } from '../table.ts'
import { digits, why } from '../versions.ts'
import type { Verb } from './verb.ts'

export const gates: Verb = async ({ cluster, names: [name = ''], flags: { file } }) => {
  const written = file === undefined ? {} : writtenIn(file, name)
  const version = written.version ?? (await find<ModelVersion>(cluster, modelVersions, name))
  const ladder = written.ladderOf?.(version) ?? (await find<Model>(cluster, models, version.spec.model)).spec
  const results = ladder.stages.flatMap(stage => pastVerdicts(stage, version))
  const parts = [
    results.length > 0 ? table(['STAGE', 'GATE', 'VERDICT', 'WHY'], results.map(row)) : 'No stage has a gate.',
    ...(file === undefined
      ? [...measured(version), `${version.metadata.name}: ${why(version)}`]
      : await forecast(cluster, ladder, version)),
  ]
  return { object: { version: version.metadata.name, gates: results }, text: parts.join('\n\n') }
}

const row = ({ stage, name, verdict, message, dryRun: isToldOnly }: GateResult): string[] => [
  stage,
  name,
  isToldOnly ? `(${verdict})` : verdict,
  message,
]

interface Written {
  /** Refused for a version of another model. */
  ladderOf?: (version: ModelVersion) => ModelSpec
  version?: ModelVersion
}

/** What a file has in place of what the cluster has. */
const writtenIn = (file: string, name: string): Written => {
  const place = { file, from: '--file' }
  const manifests = manifestsOf(place)
  const [model, version] = ['Model', 'ModelVersion'].map(kind => mostOne(kind, manifests, place))
  if (!model && !version) throw new UsageError(`--file is ${file}, which holds no Model and no ModelVersion: give the manifest of one`)
  return { ...(model && { ladderOf: each => ladderIn(file, model, each) }), ...(version && { version: versionIn(file, version, name) }) }
}

/** As it was written: the API server would add nothing that a gate asks for. */
const ladderIn = (file: string, { name, spec }: Manifest, version: ModelVersion): ModelSpec => {
  const { model } = version.spec
  if (name !== undefined && name !== model)
    throw new UsageError(`--file is ${file}, whose Model is ${name}: ${version.metadata.name} is a version of ${model}`)
  const checked = validate(Model.spec, spec)
  if ('complaints' in checked) throw new UsageError(`--file is ${file}, whose Model cannot be used: spec.${checked.complaints[0]}`)
  return checked.value
}

const versionIn = (file: string, { name: written, spec }: Manifest, name: string): ModelVersion => {
  if (written !== name)
    throw new UsageError(`--file is ${file}, whose ModelVersion is ${written ?? 'without a name'}: ask for that one, not for ${name}`)
  const checked = validate(ModelVersion.spec, spec)
  if ('complaints' in checked) throw new UsageError(`--file is ${file}, whose ModelVersion cannot be used: spec.${checked.complaints[0]}`)
  return { kind: 'ModelVersion', metadata: { name }, spec: checked.value } as ModelVersion
}

/** What nobody has to run, and whom a Job would compare with today. */
const forecast = async (cluster: Cluster, ladder: ModelSpec, version: ModelVersion): Promise<string[]> => {
  const model = (await cluster.client.get(models, { namespace: cluster.namespace, name: version.spec.model })) as unknown as
    | Model
    | undefined
  const today = await Promise.all(
    ladder.stages.map(
      async ({ name, gates: guards = [] }) => await against(cluster, { version, holder: model?.status?.holders?.[name], name, guards }),
    ),
  )
  return [...today.flat(), dryRun]
}

interface Contest {
  version: ModelVersion
  /** The number of the version that holds the stage. */
  holder: number | undefined
  name: string
  guards: readonly Gate[]
}

const against = async ({ client, namespace }: Cluster, { version, holder, name, guards }: Contest): Promise<string[]> => {
  const compared = guards.filter(gate => needsJob(gate) && gate.versus)
  if (compared.length === 0) return []
  if (holder === version.spec.version) return [`${name} is held by this very version.`]
  if (holder === undefined) return [`Nobody holds ${name} today: ${compared.map(gateName).join(', ')} would pass.`]
  const rival = (await client.get(modelVersions, { namespace, name: `${version.spec.model}-v${holder}` })) as unknown as
    | ModelVersion
    | undefined
  const lines = compared.map(
    ({ metric = '' }) => `  ${metric}: ${measuredIn(version, metric)}, and v${holder} has ${rival ? measuredIn(rival, metric) : 'none'}`,
  )
  return [[`${name} is held by v${holder} today; each was measured on test rows of its own:`, ...lines].join('\n')]
}

const measuredIn = (version: ModelVersion, wanted: string): string => {
  const metric = bundleOf(version)?.evaluation?.metrics.find(({ name }) => name === wanted)
  return metric ? digits(metric.value) : 'none'
}

const dryRun = [
  'Nothing was changed. Gates that need a Job show what was found out last, if anything was:',
  'with dryRun: true in the Model they are judged, and keep nobody out.',
].join('\n')

/** When, against whom and on how many rows. */
const measured = ({ status }: ModelVersion): string[] =>
  (status?.measured ?? []).map(({ stage, at, holder, testRows, failures }: Measurement) =>
    [
      `${stage} was judged by a Job at ${at}`,
      ...(holder ? [`against v${holder}`] : []),
      ...(testRows ? [`on ${testRows.rows.toLocaleString('en-US')} rows (${testRows.digest.slice(0, 19)})`] : []),
      ...(failures ? [`after ${failures} failed tries`] : []),
    ].join(', '),
  )
