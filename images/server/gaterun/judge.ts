// What a judgement may use, and what it has to give back.
import type { Gate } from '../../../operator/api/gate.ts'
import type { GateConfig } from '../../../operator/api/gatejob.ts'
import type { Judgement } from '../gate/judgement.ts'
import type { Evidence } from './evidence.ts'

export interface Run {
  config: GateConfig
  evidence: Evidence
}

/** Throws Unusable where what it needs is missing. */
export type Judge = (gate: Gate, run: Run) => Judgement | Promise<Judgement>

export const pass = (message: string): Judgement => ({ verdict: 'Pass', message })

export const fail = (message: string): Judgement => ({ verdict: 'Fail', message })

/** Nothing was measured: what the gate says about that, an Error where it says nothing. */
export const nothing = ({ onNoData }: Gate, message: string): Judgement => ({ verdict: onNoData ?? 'Error', message })

/** Fewer rows than the gate asks for decide nothing. */
export const tooFew = ({ minSamples }: Gate, rows: number): Judgement | undefined =>
  minSamples !== undefined && rows < minSamples
    ? { verdict: 'Inconclusive', message: `${rows} test rows are fewer than minSamples ${minSamples}` }
    : undefined
