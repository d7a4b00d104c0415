// Decides whether a process behaved: it caught all of its errors, reported none that the plan does not explain, and ended as expected.
import type { Ended, OperatorProcess } from '../operator/operatorprocess.ts'

export interface Expected {
  /** Error lines that the faults of a plan explain: whole lines of JSON are matched. */
  allowed?: readonly RegExp[]
  /** How it is to have ended; left out while it is to run. */
  ended?: Ended
}

const LOUD = ['error', 'fatal']
const SURPRISES = ['uncaught exception', 'unhandled rejection']
/** What Node says when the heap is asked for. */
const OF_THE_INSPECTOR = /^(Debugger (listening on|ending on|attached)|For help, see:|Waiting for the debugger)/

/** One line for each thing that is wrong. */
export const processFaults = (
  { lines, noise, end }: Pick<OperatorProcess, 'lines' | 'noise' | 'end'>,
  { allowed = [], ended }: Expected = {},
): string[] => [
  ...lines.filter(line => isFault(line, allowed)).map(line => `it says: ${JSON.stringify(line)}`),
  ...noise.filter(line => line.trim() !== '' && !OF_THE_INSPECTOR.test(line)).map(line => `it says: ${line}`),
  ...wrongEnd(end(), ended),
]

/** No plan explains an error that nobody caught. */
const isFault = (line: Record<string, unknown>, allowed: readonly RegExp[]): boolean => {
  if (SURPRISES.includes(String(line['msg']))) return true
  return LOUD.includes(String(line['level'])) && !allowed.some(pattern => pattern.test(JSON.stringify(line)))
}

const wrongEnd = (now: Ended | undefined, wanted: Ended | undefined): string[] =>
  now?.code === wanted?.code && now?.signal === wanted?.signal ? [] : [`it ${told(now)}, and was to be one that ${told(wanted)}`]

const told = (end: Ended | undefined): string => {
  if (!end) return 'runs'
  return end.signal ? `was ended by ${end.signal}` : `ended with code ${end.code}`
}
