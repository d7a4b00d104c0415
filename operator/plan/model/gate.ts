// One gate, judged: nothing but a measured, finite number on the right side of the bound passes.
import type { Metric } from '../../api/bundle.ts'
import type { Gate } from '../../api/model.ts'
import type { GateResult } from '../../api/modelversion.ts'

type Bound = 'atLeast' | 'atMost' | 'above' | 'below'

interface Comparison {
  holds: (value: number, bound: number) => boolean
  sign: string
  opposite: string
}

const comparisons: Record<Bound, Comparison> = {
  atLeast: { holds: (value, bound) => value >= bound, sign: '≥', opposite: '<' },
  atMost: { holds: (value, bound) => value <= bound, sign: '≤', opposite: '>' },
  above: { holds: (value, bound) => value > bound, sign: '>', opposite: '≤' },
  below: { holds: (value, bound) => value < bound, sign: '<', opposite: '≥' },
}

const BOUNDS = Object.keys(comparisons) as Bound[]

/** The verdict of one gate of one stage over the metrics of one version. */
export const judge = (stage: string, gate: Gate, metrics: readonly Metric[]): GateResult => {
  const bounds = BOUNDS.filter(bound => gate[bound] !== undefined)
  const bound = bounds[0]
  const limit = bound && gate[bound]
  const name = bounds.map(each => `${gate.metric} ${each} ${gate[each]}`).join(', ') || gate.metric
  const result = (verdict: GateResult['verdict'], message: string): GateResult => ({ stage, name, verdict, message })
  if (!bound || bounds.length !== 1 || limit === undefined || !Number.isFinite(limit))
    return result('Error', `gate on ${gate.metric} has no single bound: set one of ${BOUNDS.join(', ')}`)
  const metric = metrics.find(each => each.name === gate.metric)
  if (!metric)
    return result('Error', `${gate.metric} was not measured; measured: ${metrics.map(each => each.name).join(', ') || 'nothing'}`)
  if (!Number.isFinite(metric.value)) return result('Error', `${gate.metric} is not a number`)
  const { holds, sign, opposite } = comparisons[bound]
  const passes = holds(metric.value, limit)
  return result(
    passes ? 'Pass' : 'Fail',
    `${gate.metric} ${written(metric.value, limit)} ${passes ? sign : opposite} ${limit}${interval(metric)}`,
  )
}

const interval = ({ low, high }: Metric) => (low === undefined || high === undefined ? '' : ` (95% CI ${short(low)}–${short(high)})`)

const short = (value: number) => String(Number(value.toPrecision(4)))

/** Four digits are enough to read, but never so few that a value looks equal to a bound that it misses. */
const written = (value: number, bound: number) => (short(value) === String(bound) && value !== bound ? String(value) : short(value))
