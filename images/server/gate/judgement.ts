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

/** What is said before the second sentence; the models that would be served are not what it is about. */
const OUT_OF_FOLD = 'out of fold, which compares how both were trained and not the models themselves'

const isInconclusive = ({ verdict }: Comparison) => verdict === 'Inconclusive'

/**
 * The test rows come first, because only they show the models that would be served. Where they do not decide, out-of-fold answers
 * do, if they can; a text says why there are none. A doubt that is left passes only where a policy lets it and neither of the two
 * has seen a loss beyond the margin.
 */
export const judgeWithFolds = (
  test: Comparison,
  outOfFold: Comparison | string,
  { policy, against }: { policy: Policy; against: string },
): Judgement => {
  const first = judge(test, policy, against)
  if (!isInconclusive(test)) return first
  if (typeof outOfFold === 'string') return { ...first, message: `${first.message}; out of fold: ${outOfFold}` }
  if (!isMeasured(outOfFold)) return { ...first, message: `${first.message}; out of fold: ${outOfFold.why}` }
  const second = judge(outOfFold, policy, against)
  const verdict = isInconclusive(outOfFold) && first.verdict !== second.verdict ? 'Inconclusive' : second.verdict
  return {
    verdict,
    message: `${sentence(test, against)}; ${OUT_OF_FOLD}: ${verdict === 'Inconclusive' ? sentence(outOfFold, against) : second.message}`,
  }
}

/** All of them together: one Fail is final whatever the others become, an Error says more than a doubt, and no gate at all is an Error. */
export const overall = (judged: readonly Verdict[]): Verdict => {
  const order = ['Fail', 'Error', 'Inconclusive'] as const
  const worst = order.find(verdict => judged.includes(verdict))
  if (worst !== undefined) return worst
  return judged.length > 0 && judged.every(verdict => verdict === 'Pass') ? 'Pass' : 'Error'
}
