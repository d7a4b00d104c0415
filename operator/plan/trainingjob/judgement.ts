// Decides what is remembered of the gates' word on the version of a run: whether it was good enough for the first stage, and by which numbers.
//
//   stage is not None                     Passed     it got in, whatever became of it since
//   every gate passed                     Passed     it may enter; people, a soak or a freeze may still keep it
//   a gate said Fail                      Refused
//   else, a gate said Error               nothing    it was not judged: what stood before stands
//   else, a gate said Inconclusive        Undecided
//   a Job judges, or there is no Model    nothing
import type { GateResult, ModelVersion } from '../../api/modelversion.ts'
import type { Judgement, Run } from '../../api/run.ts'
import { type Book, changed, stamp } from './book.ts'
import type { TrainingWorld } from './world.ts'

type Verdict = Judgement['verdict']

const LONGEST_MESSAGE = 512

/** Of the newest version, as often as it changes; of an older one, until it was judged once. */
export const judged = (world: TrainingWorld, book: Book): Book => {
  const last = book.runs.find(run => run.version !== undefined)
  const open = book.runs.filter(run => run.version !== undefined && (run === last || !run.judgement))
  return open.reduce((known, run) => {
    const judgement = judgementOf(world, run)
    return judgement ? changed(known, { ...run, judgement }) : known
  }, book)
}

const judgementOf = ({ object, seen, now }: TrainingWorld, run: Run): Judgement | undefined => {
  const version = seen.versions.find(
    ({ metadata, spec: { source } }) => metadata.name === run.version && source?.uid === object.metadata.uid,
  )
  if (!version?.status) return undefined
  const gates = ofFirstStage(version.status.gates)
  const verdict = verdictOf(version, gates)
  if (!verdict) return undefined
  const at = run.judgement?.verdict === verdict ? run.judgement.at : stamp(now)
  return { verdict, message: told(version, gates).slice(0, LONGEST_MESSAGE), at }
}

/** They stand in the order of the ladder. A stage without gates refuses nobody, so the first that is named is the first that can. */
const ofFirstStage = (gates: readonly GateResult[] = []): GateResult[] =>
  gates.filter(({ stage, dryRun }) => stage === gates[0]?.stage && !dryRun)

const verdictOf = ({ status }: ModelVersion, gates: readonly GateResult[]): Verdict | undefined => {
  if ((status?.stage ?? 'None') !== 'None') return 'Passed'
  const passed = status?.conditions?.find(({ type }) => type === 'GatesPassed')
  if (passed?.status === 'True') return 'Passed'
  if (passed?.status !== 'False') return undefined
  const said = new Set(gates.map(({ verdict }) => verdict))
  if (said.has('Fail')) return 'Refused'
  return said.has('Inconclusive') && !said.has('Error') ? 'Undecided' : undefined
}

/** Where it stands, and the comparison: a line that says so already is not said twice. */
const told = ({ status }: ModelVersion, gates: readonly GateResult[]): string => {
  const where = status?.conditions?.find(({ type }) => type === 'Ready')?.message ?? ''
  const numbers = gates.map(({ message }) => message).filter(message => !where.includes(message))
  return [where, ...numbers].filter(Boolean).join('; ')
}
