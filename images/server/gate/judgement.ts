// The four verdicts of a gate: nothing but Pass lets a version through, and only a measurement can be a Pass.
import { type Comparison, isMeasured } from './compare.ts'
import { sentence } from './sentence.ts'

export const verdicts = ['Pass', 'Fail', 'Inconclusive', 'Error'] as const
export type Verdict = (typeof verdicts)[number]

export interface Judgement {
  verdict: Verdict
  message: string
}

export interface Policy {
  /** PassIfNotWorse also lets through what is undecided, if it was measured and the loss that was seen is within the margin. */
  onInconclusive: 'Hold' | 'PassIfNotWorse'
  /** What a comparison without rows is; there is no Pass among them. */
  onNoData?: 'Error' | 'Fail' | 'Inconclusive'
  /** What a metric is that is not defined on the rows. */
  onNaN?: 'Error' | 'Fail' | 'Inconclusive'
}

export const isTolerated = (comparison: Comparison, { onInconclusive }: Policy): boolean =>
  onInconclusive === 'PassIfNotWorse' &&
  comparison.verdict === 'Inconclusive' &&
  isMeasured(comparison) &&
  comparison.gain >= -comparison.margin

const verdictOf = (comparison: Comparison, policy: Policy): Verdict => {
  if (!isMeasured(comparison)) {
    if (comparison.cause === 'NoData') return policy.onNoData ?? 'Error'
    if (comparison.cause === 'NaN') return policy.onNaN ?? 'Error'
    return comparison.verdict
  }
  if (comparison.verdict === 'Better' || comparison.verdict === 'NonInferior') return 'Pass'
  if (comparison.verdict === 'Worse') return 'Fail'
  return isTolerated(comparison, policy) ? 'Pass' : 'Inconclusive'
}

/** What a gate with this policy makes of a comparison; `against` names the holder. */
export const judge = (comparison: Comparison, policy: Policy, against: string): Judgement => ({
  verdict: verdictOf(comparison, policy),
  message: sentence(comparison, against) + (isTolerated(comparison, policy) ? '; passed, because onInconclusive is PassIfNotWorse' : ''),
})

/** All of them together: one Fail is final whatever the others become, an Error says more than a doubt, and no gate at all is an Error. */
export const overall = (judged: readonly Verdict[]): Verdict => {
  const order = ['Fail', 'Error', 'Inconclusive'] as const
  const worst = order.find(verdict => judged.includes(verdict))
  if (worst !== undefined) return worst
  return judged.length > 0 && judged.every(verdict => verdict === 'Pass') ? 'Pass' : 'Error'
}
