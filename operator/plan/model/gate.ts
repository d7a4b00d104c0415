// One gate, judged: nothing but a measured, finite number on the right side of the bound passes.
import type { Metric } from '../../api/bundle.ts'
import { type Bound, boundsOf, type Gate, type GateFinding, gateName } from '../../api/gate.ts'
import type { Evaluation } from '../../api/modelversion.ts'

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

/** The verdict of one gate over what was measured of one version. */
export const judge = (gate: Gate, evaluation: Evaluation): GateFinding => ({
  name: gateName(gate),
  ...verdictOf(gate, boundsOf(gate), evaluation),
})

const verdictOf = (gate: Gate, [bound, ...more]: readonly Bound[], { rows, metrics }: Evaluation): Omit<GateFinding, 'name'> => {
  const limit = bound && gate[bound]
  if (!bound || more.length > 0 || limit === undefined || !Number.isFinite(limit))
    return { verdict: 'Error', message: `gate on ${gate.metric} has no single bound: set one of ${BOUNDS.join(', ')}` }
  const metric = metrics.find(each => each.name === gate.metric)
  if (!metric) {
    const measured = metrics.map(each => each.name).join(', ') || 'nothing'
    return { verdict: gate.onNoData ?? 'Error', message: `${gate.metric} was not measured; measured: ${measured}` }
  }
  if (!Number.isFinite(metric.value)) return { verdict: gate.onNaN ?? 'Error', message: `${gate.metric} is not a number` }
  if (gate.minSamples !== undefined && !(rows >= gate.minSamples))
    return { verdict: 'Inconclusive', message: `${gate.metric} was measured on ${rows} rows, and ${gate.minSamples} are asked for` }
  const { holds, sign, opposite } = comparisons[bound]
  const passes = holds(metric.value, limit)
  const told = `${gate.metric} ${written(metric.value, limit)} ${passes ? sign : opposite} ${limit}${interval(metric)}`
  return { verdict: passes ? 'Pass' : 'Fail', message: told }
}

const interval = ({ low, high }: Metric) => (low === undefined || high === undefined ? '' : ` (95% CI ${short(low)}–${short(high)})`)

const short = (value: number) => String(Number(value.toPrecision(4)))

/** Four digits are enough to read, but never so few that a value looks equal to a bound that it misses. */
const written = (value: number, bound: number) => (short(value) === String(bound) && value !== bound ? String(value) : short(value))
