// Measures a model on rows whose class is known, by the definitions under which the trainer measures.
import type { Metric } from '../../../operator/api/bundle.ts'
import { labelMetrics, measureLabels } from '../gate/labelmetrics.ts'
import { pair } from '../gate/paired.ts'
import { measureScores, scoreMetrics } from '../gate/scoremetrics.ts'
import { tally, totals } from '../gate/tally.ts'
import { Z95 } from '../gate/tango.ts'
import type { Answer } from '../session/messages.ts'
import { Refused } from './refused.ts'

/** A metric that these rows do not define, such as an area where one class is missing, is left out. */
export const measured = (labels: readonly string[], actual: readonly string[], answer: Answer): Metric[] => {
  const strange = actual.findIndex(name => !labels.includes(name))
  if (strange >= 0) {
    const shown = JSON.stringify((actual[strange] as string).slice(0, 40))
    throw new Refused(
      `the CSV of spec.import.rows has the class ${shown} in record ${strange + 2}; the file answers ${labels.slice(0, 6).join(', ')}: name its classes in spec.import.labels`,
    )
  }
  const own = { labels, predicted: answer.labels, probabilities: answer.probabilities }
  // Against itself: there is nobody else to compare with.
  const paired = pair(actual, { challenger: own, holder: own })
  if ('fault' in paired) throw new Refused(paired.fault.replaceAll('the challenger', 'the model'))
  const counted = tally(paired)
  const sums = totals(counted, counted.counts, 'challenger')
  const ones = new Float64Array(paired.rows).fill(1)
  const values = [
    ...labelMetrics.map(name => ({ name, value: measureLabels[name](sums) })),
    ...scoreMetrics.map(name => ({ name, value: measureScores[name].weighted(paired, 'challenger')(ones) })),
  ]
  return values
    .filter(({ value }) => Number.isFinite(value))
    .map(({ name, value }) => (name === 'accuracy' ? { name, value, ...wilson(value, paired.rows) } : { name, value }))
}

const wilson = (share: number, rows: number): Pick<Metric, 'low' | 'high' | 'interval'> => {
  const square = Z95 * Z95
  const centre = (share + square / (2 * rows)) / (1 + square / rows)
  const half = (Z95 / (1 + square / rows)) * Math.sqrt((share * (1 - share)) / rows + square / (4 * rows * rows))
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half), interval: 'wilson' }
}
