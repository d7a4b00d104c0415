// compare: two versions side by side.

import type { Metric } from '../../api/bundle.ts'
import type { ModelVersion } from '../../api/modelversion.ts'
import { bundleOf } from '../../api/versionbundle.ts'
import { modelVersions } from '../../controllers/resources.ts'
import { find } from '../cluster.ts'
import { table } from '../table.ts'
import { digits, short, why } from '../versions.ts'
import type { Verb } from './verb.ts'

type Pair = readonly [ModelVersion, ModelVersion]

export const compare: Verb = async ({ cluster, names: [a = '', b = ''] }) => {
  const pair = await Promise.all([find<ModelVersion>(cluster, modelVersions, a), find<ModelVersion>(cluster, modelVersions, b)])
  const names = pair.map(({ metadata }) => metadata.name)
  const gates = gateRows(pair)
  const parts = [
    table(['', ...names], facts(pair)),
    table(['METRIC', ...names, 'DIFFERENCE'], metricRows(pair)),
    gates.length > 0 ? table(['GATE', ...names], gates) : 'No gate has been judged.',
    ...(sameData(pair) ? [] : ['The rows differ, so the metrics were measured on different test rows.']),
  ]
  return { object: { versions: pair }, text: parts.join('\n\n') }
}

const both = (pair: Pair, read: (version: ModelVersion) => string | undefined): string[] => pair.map(version => read(version) || '-')

const facts = (pair: Pair): string[][] => [
  ['stage', ...both(pair, ({ status }) => status?.stage)],
  ['algorithm', ...both(pair, ({ spec }) => spec.source?.algorithm)],
  ['run', ...both(pair, ({ spec: { source } }) => source && `${source.trainingJob} run ${source.run}`)],
  ['data', ...both(pair, ({ spec }) => short(spec.source?.dataDigest))],
  ['test rows', ...both(pair, version => bundleOf(version)?.evaluation?.rows.toLocaleString('en-US'))],
  ['bundle', ...both(pair, version => short(bundleOf(version)?.digest))],
  ['why', ...both(pair, why)],
]

const sameData = ([a, b]: Pair): boolean =>
  a.spec.source?.dataDigest !== undefined && a.spec.source.dataDigest === b.spec.source?.dataDigest

const metricsOf = (version: ModelVersion): readonly Metric[] => bundleOf(version)?.evaluation?.metrics ?? []

const metricRows = (pair: Pair): string[][] => {
  const names = new Set(pair.flatMap(version => metricsOf(version).map(({ name }) => name)))
  return [...names].map(name => {
    const [a, b] = pair.map(version => metricsOf(version).find(metric => metric.name === name))
    return [name, measured(a), measured(b), a && b ? signed(b.value - a.value) : '']
  })
}

/** `0.967 (0.833–0.994)`: the value and its 95% interval. */
const measured = (metric: Metric | undefined): string => {
  if (!metric) return '-'
  const { value, low, high } = metric
  return low === undefined || high === undefined ? digits(value) : `${digits(value)} (${digits(low)}–${digits(high)})`
}

const signed = (difference: number): string => (difference > 0 ? `+${digits(difference)}` : digits(difference).replace('-', '−'))

const gateRows = (pair: Pair): string[][] => {
  const keys = new Set(pair.flatMap(({ status }) => (status?.gates ?? []).map(({ stage, name }) => `${stage}: ${name}`)))
  return [...keys].map(key => [
    key,
    ...both(pair, ({ status }) => status?.gates?.find(each => `${each.stage}: ${each.name}` === key)?.verdict),
  ])
}
