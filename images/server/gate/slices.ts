// Compares two models within each group of the rows, so that a gain for most does not hide a loss for some.
import { type Comparison, compare, isMeasured, type Terms } from './compare.ts'
import { isTolerated, type Judgement, overall, type Policy, type Verdict } from './judgement.ts'
import { type Fault, only, type Paired } from './paired.ts'
import { sentence } from './sentence.ts'

export interface Slice {
  /** The value of the column that its rows share. */
  value: string
  rows: number
  verdict: Verdict
  comparison: Comparison
}

export interface Sliced extends Judgement {
  /** From the largest to the smallest. */
  slices: readonly Slice[]
  /** Values with fewer rows than minSamples: not judged, and never a Pass. */
  tooSmall: readonly string[]
}

const MOST_SLICES = 200
const ALPHA = 0.05

const rowsByValue = (values: readonly string[]) => {
  const groups = new Map<string, number[]>()
  for (const [row, value] of values.entries()) {
    const rows = groups.get(value)
    if (rows) rows.push(row)
    else groups.set(value, [row])
  }
  return [...groups].toSorted(([a, few], [b, many]) => many.length - few.length || (a < b ? -1 : 1))
}

/**
 * The slices that are worse when all of them were looked at, by Holm's step-down procedure: it keeps the chance of one false
 * alarm among all slices at 5%, however they depend on each other. One false alarm stops a release, so it is the one alarm that
 * counts, not the share of false ones among many, which is what Benjamini and Hochberg's procedure keeps.
 */
const shownWorse = (compared: readonly Comparison[]): ReadonlySet<Comparison> => {
  const ordered = compared.filter(isMeasured).toSorted((a, b) => a.p - b.p)
  const firstKept = ordered.findIndex(({ p }, i) => p > ALPHA / (ordered.length - i))
  const rejected = firstKept < 0 ? ordered : ordered.slice(0, firstKept)
  return new Set(rejected.filter(({ verdict }) => verdict === 'Worse'))
}

/** A Pass needs no correction: all slices must pass, so a false Pass of the whole is at most as likely as that of one (Berger 1982). */
const verdictOf = (comparison: Comparison, worse: ReadonlySet<Comparison>, policy: Policy): Verdict => {
  if (comparison.verdict === 'Better' || comparison.verdict === 'NonInferior') return 'Pass'
  if (worse.has(comparison)) return 'Fail'
  if (!isMeasured(comparison) && comparison.cause === 'Fault') return 'Error'
  return isTolerated(comparison, policy) ? 'Pass' : 'Inconclusive'
}

/** Slices too small to judge hold the whole back, unless the policy lets pass what is undecided and something was judged. */
const wholeVerdict = (judged: readonly Slice[], tooSmall: readonly Slice[], { onInconclusive }: Policy): Verdict => {
  const verdict = overall(judged.map(slice => slice.verdict))
  if (judged.length === 0) return tooSmall.length > 0 ? 'Inconclusive' : 'Error'
  return verdict === 'Pass' && tooSmall.length > 0 && onInconclusive === 'Hold' ? 'Inconclusive' : verdict
}

const gainOf = ({ comparison }: Slice) => (isMeasured(comparison) ? comparison.gain : Number.POSITIVE_INFINITY)

const said = (judged: readonly Slice[], tooSmall: readonly Slice[], against: string) => {
  const count = (verdict: Verdict) => judged.filter(slice => slice.verdict === verdict).length
  const counts = (['Pass', 'Fail', 'Inconclusive', 'Error'] as const).filter(verdict => count(verdict) > 0).map(v => `${count(v)} ${v}`)
  const small = tooSmall.reduce((sum, { rows }) => sum + rows, 0)
  const lowest = judged.filter(slice => slice.verdict !== 'Pass').toSorted((a, b) => gainOf(a) - gainOf(b))[0]
  return [
    `${judged.length} of ${judged.length + tooSmall.length} slices judged: ${counts.join(', ') || 'none'}`,
    ...(tooSmall.length > 0 ? [`${tooSmall.length} too small (${small} rows)`] : []),
    ...(lowest ? [`"${lowest.value.slice(0, 60)}": ${sentence(lowest.comparison, against)}`] : []),
  ].join('; ')
}

export interface Grouping {
  /** The value of the column for each row; an empty text where it is missing, which is a group like any other. */
  values: readonly string[]
  policy: Policy
  /** Name of the holder, such as v5. */
  against: string
}

const nothing = (message: string): Sliced => ({ verdict: 'Error', message, slices: [], tooSmall: [] })

/** "No subgroup gets worse": the same comparison for the rows of each value of a column. */
export const compareSlices = (paired: Paired | Fault, terms: Terms, { values, policy, against }: Grouping): Sliced => {
  if ('fault' in paired) return nothing(paired.fault)
  if (values.length !== paired.rows)
    return nothing(`there are ${values.length} values for ${paired.rows} rows: score again on the same rows`)
  const groups = rowsByValue(values)
  if (groups.length > MOST_SLICES)
    return nothing(`${groups.length} slices; at most ${MOST_SLICES} are compared: choose a column with fewer values`)
  const compared = groups.map(([value, rows]) => ({ value, rows: rows.length, comparison: compare(only(paired, rows), terms) }))
  const worse = shownWorse(compared.map(({ comparison }) => comparison))
  const slices = compared.map(slice => ({ ...slice, verdict: verdictOf(slice.comparison, worse, policy) }))
  const isSmall = ({ comparison }: Slice) => !isMeasured(comparison) && comparison.cause === 'TooFewRows'
  const [judged, tooSmall] = [slices.filter(slice => !isSmall(slice)), slices.filter(isSmall)]
  return {
    verdict: wholeVerdict(judged, tooSmall, policy),
    message: said(judged, tooSmall, against),
    slices,
    tooSmall: tooSmall.map(({ value }) => value),
  }
}
