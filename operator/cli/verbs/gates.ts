// gates: what every gate says of a version, or what the gates of a Model in a file would say of it.
import { loadAllYaml } from '@kubernetes/client-node'
import { Model, type ModelSpec } from '../../api/model.ts'
import type { GateResult, Measurement, ModelVersion } from '../../api/modelversion.ts'
import { validate } from '../../api/validate.ts'
import { models, modelVersions } from '../../controllers/resources.ts'
import { pastVerdicts } from '../../plan/model/gaterun/verdicts.ts'
import { find } from '../cluster.ts'
import { UsageError } from '../failure.ts'
import { read } from '../file.ts'
import { table } from '../table.ts'
import { why } from '../versions.ts'
import type { Verb } from './verb.ts'

export const gates: Verb = async ({ cluster, names: [name = ''], flags }) => {
  const version = await find<ModelVersion>(cluster, modelVersions, name)
  const spec = flags.file ? ladderIn(flags.file) : (await find<Model>(cluster, models, version.spec.model)).spec
  const results = spec.stages.flatMap(stage => pastVerdicts(stage, version))
  const parts = [
    results.length > 0 ? table(['STAGE', 'GATE', 'VERDICT', 'WHY'], results.map(row)) : 'No stage has a gate.',
    ...(flags.file ? [dryRun] : [...measured(version), `${version.metadata.name}: ${why(version)}`]),
  ]
  return { object: { version: version.metadata.name, gates: results }, text: parts.join('\n\n') }
}

const row = ({ stage, name, verdict, message, dryRun: isToldOnly }: GateResult): string[] => [
  stage,
  name,
  isToldOnly ? `(${verdict})` : verdict,
  message,
]

const dryRun = [
  'Nothing was changed. Gates that need a Job show what was found out last:',
  'with dryRun: true they are judged, and keep nobody out.',
].join('\n')

/** The first Model of a file, as it was written: the API server would add nothing that a gate asks for. */
const ladderIn = (file: string): ModelSpec => {
  const [model] = documents(file).filter(each => each?.kind === 'Model')
  if (!model) throw new UsageError(`--file is ${file}, which holds no Model: give the manifest of one`)
  const checked = validate(Model.spec, model.spec)
  if ('complaints' in checked) throw new UsageError(`--file is ${file}, whose Model cannot be used: spec.${checked.complaints[0]}`)
  return checked.value
}

const documents = (file: string): ({ kind?: string; spec?: unknown } | undefined)[] => {
  const text = read(file)
  try {
    return loadAllYaml(text) as { kind?: string; spec?: unknown }[]
  } catch (error) {
    throw new UsageError(`--file is ${file}, which is no YAML: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`)
  }
}

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
