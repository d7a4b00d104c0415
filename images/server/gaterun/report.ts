// Makes the report small enough for a termination message: short texts stay whole, long ones give way first.
import { SUMMARY_MAX_BYTES } from '../../../operator/api/contract.ts'
import type { GateReport } from '../../../operator/api/gatejob.ts'
import { jsonBytes, shortened } from './wording.ts'

/** The longest message that the contract takes. */
const MESSAGE_CHARACTERS = 512
/** The operator knows a finding by its place; its name is for people, and gives way only when names alone would fill the report. */
const SHARE_OF_NAMES = 0.6

/** So many bytes may each text have, that all of them together have at most `room`. */
const capFor = (sizes: readonly number[], room: number): number => {
  let left = room
  const ascending = sizes.toSorted((a, b) => a - b)
  for (const [i, size] of ascending.entries()) {
    const even = Math.floor(left / (ascending.length - i))
    if (size > even) return even
    left -= size
  }
  return Number.POSITIVE_INFINITY
}

const fitted = (texts: readonly string[], room: number): string[] => {
  const cap = capFor(texts.map(jsonBytes), room)
  return texts.map(text => shortened(text, cap))
}

const bytesOf = (texts: readonly string[]) => texts.reduce((sum, text) => sum + jsonBytes(text), 0)

const cut = (text: string) => (text.length > MESSAGE_CHARACTERS ? `${text.slice(0, MESSAGE_CHARACTERS - 1).toWellFormed()}…` : text)

/** The report as JSON of at most SUMMARY_MAX_BYTES. */
export const written = (report: GateReport): string => {
  const { findings } = report
  const bare = { ...report, findings: findings.map(({ verdict }) => ({ name: '', verdict, message: '' })) }
  const room = SUMMARY_MAX_BYTES - Buffer.byteLength(JSON.stringify(bare))
  const names = fitted(
    findings.map(({ name }) => name),
    Math.floor(room * SHARE_OF_NAMES),
  )
  const messages = fitted(
    findings.map(({ message }) => cut(message)),
    room - bytesOf(names),
  )
  return JSON.stringify({
    ...report,
    findings: findings.map(({ verdict }, i) => ({ name: names[i], verdict, message: messages[i] })),
  })
}
