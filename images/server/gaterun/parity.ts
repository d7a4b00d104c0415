// Whether the model answers here as it did in Python before export, on its golden rows and on all of its test rows.
import type { Judgement } from '../gate/judgement.ts'
import { type Closeness, closeness, isClose, saidCloseness } from './closeness.ts'
import type { Evidence } from './evidence.ts'
import { recordedGolden } from './golden.ts'
import { fail, type Judge, nothing, tooFew } from './judge.ts'
import { Unusable } from './unusable.ts'

const measured = async (evidence: Evidence): Promise<Judgement> => {
  const manifest = evidence.manifest('challenger')
  const { count, recorded } = evidence.rows()
  const scorer = await evidence.scorer('challenger')
  const { tolerance } = manifest.golden
  const golden = closeness(recordedGolden(manifest), await scorer.golden(), tolerance)
  const { predicted: labels, probabilities } = await evidence.answers('challenger')
  const tested = closeness(recorded, { labels, probabilities }, tolerance)
  const both: Closeness = {
    tolerance,
    rows: golden.rows + tested.rows,
    otherLabels: golden.otherLabels + tested.otherLabels,
    largest: Math.max(golden.largest, tested.largest),
  }
  const message = `${manifest.golden.rows.length} golden rows and ${count.toLocaleString('en-US')} test rows: ${saidCloseness(both)}`
  return { verdict: isClose(golden) && isClose(tested) ? 'Pass' : 'Fail', message }
}

/** A model whose golden rows are answered otherwise is not even opened. */
const opened = async (evidence: Evidence): Promise<Judgement | undefined> => {
  try {
    await evidence.scorer('challenger')
    return undefined
  } catch (error) {
    if (error instanceof Unusable && error.reason === 'ParityFailed') return fail(error.message)
    throw error
  }
}

export const parity: Judge = async (gate, { evidence }) => {
  const refused = await opened(evidence)
  if (refused) return refused
  const { count } = evidence.rows()
  return count === 0 ? nothing(gate, 'there are no test rows') : (tooFew(gate, count) ?? measured(evidence))
}
