// The checks that need no running model: how large the bundle is, what its signature breaks, and how far training and test are apart.
import type { Metric } from '../../../operator/api/bundle.ts'
import type { Gate } from '../../../operator/api/gate.ts'
import { judgeGap, judgeSize } from '../gate/budget.ts'
import { type ComparedMetric, metrics } from '../gate/compare.ts'
import { judgeSignature } from '../gate/signature.ts'
import { type Judge, nothing, pass, tooFew } from './judge.ts'

export const size: Judge = ({ atMost = Number.NaN }, { evidence }) => judgeSize(evidence.files('challenger').bytes, atMost)

export const signature: Judge = (_gate, { config, evidence }) => {
  if (!config.holder) return pass(`nobody is served from ${config.stage} yet: there are no clients to keep`)
  const { verdict, message } = judgeSignature(evidence.manifest('holder'), evidence.manifest('challenger'))
  return { verdict, message: `${message} (v${config.holder.version} is served)` }
}

const isCompared = (metric: string | undefined): metric is ComparedMetric => metrics.includes(metric as ComparedMetric)

const valueIn = (all: readonly Metric[] | undefined, name: string) => all?.find(metric => metric.name === name)?.value

const absent = (gate: Gate, rows: string) =>
  nothing(gate, `the bundle has no ${gate.metric} on ${rows} rows: train it again with a trainer of this release`)

export const overfit: Judge = (gate, { evidence }) => {
  const { metric, atMost = Number.NaN } = gate
  const manifest = evidence.manifest('challenger')
  if (!isCompared(metric)) return nothing(gate, `${metric} is not measured on training rows; use one of ${metrics.join(', ')}`)
  const [trained, tested] = [valueIn(manifest.trainingMetrics, metric), valueIn(manifest.metrics, metric)]
  if (trained === undefined) return absent(gate, 'training')
  if (tested === undefined) return absent(gate, 'test')
  return tooFew(gate, manifest.data.testRows ?? 0) ?? judgeGap({ metric, trained, tested }, atMost)
}
