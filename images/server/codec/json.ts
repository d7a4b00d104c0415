// Turns a body into a JSON value, or says at which character it stops being JSON; nesting is bounded before anything is built.
import { limits } from '../limits.ts'
import { Problem } from '../problems.ts'
import { firstFault } from './jsonfault.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const STEP = new Int8Array(256)
for (const opening of '[{') STEP[opening.charCodeAt(0)] = 1
for (const closing of ']}') STEP[closing.charCodeAt(0)] = -1

/** Index of the quote that closes the string opened at `start`, or the end of the bytes. */
const endOfString = (bytes: Uint8Array, start: number) => {
  let at = start + 1
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1
  return at
}

/** Whether brackets outside of strings nest deeper than the limit. */
const isTooDeep = (bytes: Uint8Array, limit: number) => {
  let depth = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number
    if (byte === QUOTE) at = endOfString(bytes, at)
    else depth += STEP[byte] as number
    if (depth > limit) return true
  }
  return false
}

const decoder = new TextDecoder('utf-8', { fatal: true })

const decoded = (bytes: Uint8Array) => {
  try {
    return decoder.decode(bytes)
  } catch {
    throw new Problem('InvalidJson', 'The body is not UTF-8. Send JSON encoded as UTF-8.')
  }
}

export const parsedJson = (bytes: Uint8Array): unknown => {
  if (bytes.length === 0) throw new Problem('InvalidJson', 'The body is empty. Send a JSON object, such as {"features": […]}.')
  if (isTooDeep(bytes, limits.request.jsonDepth)) {
    throw new Problem('InvalidJson', `The body nests lists and objects deeper than ${limits.request.jsonDepth} levels.`)
  }
  const text = decoded(bytes)
  try {
    return JSON.parse(text)
  } catch {
    const fault = firstFault(text)
    throw new Problem('InvalidJson', `The body is not valid JSON${fault ? ` at character ${fault.position}: ${fault.message}` : ''}.`)
  }
}
