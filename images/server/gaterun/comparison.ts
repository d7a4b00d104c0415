// Compares the version that wants to enter a stage with the one that holds it, on test rows that neither has seen.
import type { Manifest } from '../../../operator/api/bundle.ts'
import type { Gate } from '../../../operator/api/gate.ts'
import { float32 } from '../codec/float32.ts'
import { type ComparedMetric, type Comparison, compare, type Terms } from '../gate/compare.ts'
import { type Judgement, judge, judgeWithFolds, type Policy } from '../gate/judgement.ts'
import { type Overlap, overlap } from '../gate/overlap.ts'
import { type Fault, type Paired, pair } from '../gate/paired.ts'
import { compareSlices } from '../gate/slices.ts'
import type { Evidence } from './evidence.ts'
import { type Judge, nothing, pass, type Run } from './judge.ts'
import type { Cells, LockedRows } from './lockedrows.ts'
import { shortened } from './rowhashes.ts'
import { pairFolds } from './samefolds.ts'
import { Unusable } from './unusable.ts'

const columnsOf = ({ inputs }: Manifest) => inputs.map(({ name, type }) => `${name} (${type})`)

const listed = (names: readonly string[]) => names.slice(0, 5).join(', ') + (names.length > 5 ? ` and ${names.length - 5} more` : '')

/** The hash of a row is made from its columns and their types, so rows of other columns are never recognised. */
const otherColumns = (challenger: Manifest, holder: Manifest): string | undefined => {
  if (challenger.target !== holder.target) return `predicts ${holder.target}, and not ${challenger.target}`
  const [mine, other] = [columnsOf(challenger), columnsOf(holder)]
  const [added, gone] = [mine.filter(name => !other.includes(name)), other.filter(name => !mine.includes(name))]
  const parts = [...(added.length > 0 ? [`lacks ${listed(added)}`] : []), ...(gone.length > 0 ? [`has ${listed(gone)}`] : [])]
  return parts.length > 0 ? `has other input columns (it ${parts.join(' and ')})` : undefined
}

const checkColumns = (evidence: Evidence, holder: string) => {
  const other = otherColumns(evidence.manifest('challenger'), evidence.manifest('holder'))
  if (other === undefined) return
  throw new Unusable(
    `${holder} ${other}: it cannot be ruled out that it was trained on the test rows; approve this version as an exception, or gate it by a bound such as atLeast`,
  )
}

const seen = (evidence: Evidence): Overlap =>
  overlap({
    test: shortened(evidence.rows().hashes),
    holderTrained: evidence.trained('holder'),
    challengerTrained: evidence.trained('challenger'),
  })

const textOf = (cells: Cells, row: number): string => {
  const value = cells[row]
  if (typeof value === 'string') return value
  return value === undefined || Number.isNaN(value) ? '' : String(float32(value))
}

const sliceValues = ({ columns, count }: LockedRows, column: string): string[] => {
  const cells = columns.get(column)
  if (cells) return Array.from({ length: count }, (_, row) => textOf(cells, row))
  throw new Unusable(`slices names ${column}, which is no input column; the columns are ${[...columns.keys()].join(', ')}`)
}

interface Compared {
  gate: Gate
  evidence: Evidence
  paired: Paired | Fault
  against: string
}

/** What keeps out-of-fold answers from being compared is told, and changes nothing of what the test rows say. */
const outOfFold = ({ evidence, against }: Compared, terms: Terms): Comparison | string => {
  try {
    const found = pairFolds({ challenger: evidence.outOfFold('challenger'), holder: evidence.outOfFold('holder') }, against)
    if (typeof found === 'string') return found
    const { paired, ...folds } = found
    return compare(paired, { ...terms, ...folds })
  } catch (error) {
    if (error instanceof Unusable) return error.message
    throw error
  }
}

const judged = (compared: Compared): Judgement => {
  const { gate, evidence, paired, against } = compared
  const { minSamples, slices, onInconclusive = 'Hold', onNoData, onNaN } = gate
  // What the terms may be is checked there, whatever a gate asks for.
  const terms: Terms = { metric: gate.metric as ComparedMetric, margin: gate.margin ?? Number.NaN, minSamples }
  const policy: Policy = { onInconclusive, onNoData, onNaN }
  if (slices !== undefined) return compareSlices(paired, terms, { values: sliceValues(evidence.rows(), slices), policy, against })
  const onTestRows = compare(paired, terms)
  if (!gate.outOfFold || onTestRows.verdict !== 'Inconclusive') return judge(onTestRows, policy, against)
  return judgeWithFolds(onTestRows, outOfFold(compared, terms), { policy, against })
}

const against = async (gate: Gate, { evidence }: Run, holder: string): Promise<Judgement> => {
  checkColumns(evidence, holder)
  const rows = evidence.rows()
  if (rows.count === 0) return nothing(gate, 'there are no test rows')
  const overlapping = seen(evidence)
  if (overlapping.verdict !== 'Pass') return overlapping
  const both = { challenger: await evidence.answers('challenger'), holder: await evidence.answers('holder') }
  const { verdict, message } = judged({ gate, evidence, paired: pair(rows.actual, both), against: holder })
  const { explained } = overlapping
  return { verdict, message: explained > 0 ? `${message}; ${explained} of the rows have twins that both were trained on` : message }
}

export const versus: Judge = (gate, run) => {
  const { holder, stage } = run.config
  return holder ? against(gate, run, `v${holder.version}`) : pass(`nobody holds ${stage} yet: there is nothing to compare with`)
}
