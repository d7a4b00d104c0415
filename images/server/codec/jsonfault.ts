// Finds where a text stops being JSON: the parser of the platform does not always say, and never says what to send instead.

export interface Fault {
  /** From 1, as editors count. */
  position: number
  message: string
}

const SPACE = /[ \t\n\r]*/y
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
const LITERAL = /(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null)(?![\w.+-])/y
const WORD = /[-+]?[\w.]{1,20}/y

const matched = (pattern: RegExp, text: string, at: number) => {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

/** Length of the string that begins here, 0 if none does; a loop, because a pattern would run out of stack on megabytes. */
const stringLength = (text: string, start: number) => {
  if (text[start] !== '"') return 0
  let at = start + 1
  while (at < text.length && text[at] !== '"') {
    if (text.charCodeAt(at) < 0x20) return 0
    const step = text[at] === '\\' ? matched(ESCAPE, text, at)?.length : 1
    if (step === undefined) return 0
    at += step
  }
  return at < text.length ? at + 1 - start : 0
}

const hint = (text: string, at: number) => {
  if (at >= text.length) return 'the text ends too early'
  if (text[at] === '"') return 'this text is not closed, or has a character that must be escaped'
  const word = matched(WORD, text, at) ?? (text[at] as string)
  if (/^[-+]?(nan|inf|infinity)$/i.test(word)) return `${word} is not a JSON number; send null for a missing value`
  return text[at] === "'" ? 'use " around text' : `unexpected ${JSON.stringify(word)}`
}

/** What may come next; the brackets that are open stand on a stack, so that depth costs no recursion. */
type Expect = 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'colon' | 'next'

interface State {
  text: string
  at: number
  open: ('[' | '{')[]
  expect: Expect
}

const scalarLength = ({ text, at }: State) => stringLength(text, at) || (matched(LITERAL, text, at)?.length ?? 0)

const value = (state: State) => {
  const char = state.text[state.at]
  if (char === '[' || char === '{') {
    state.open.push(char)
    state.expect = char === '[' ? 'valueOrEnd' : 'keyOrEnd'
    return 1
  }
  state.expect = 'next'
  return scalarLength(state)
}

const close = (state: State) => {
  const closing = state.open.at(-1) === '[' ? ']' : '}'
  if (state.open.length === 0 || state.text[state.at] !== closing) return 0
  state.open.pop()
  state.expect = 'next'
  return 1
}

const key = (state: State) => {
  state.expect = 'colon'
  return stringLength(state.text, state.at)
}

const colon = (state: State) => {
  state.expect = 'value'
  return state.text[state.at] === ':' ? 1 : 0
}

const next = (state: State) => {
  if (state.open.length === 0) return 0
  if (state.text[state.at] !== ',') return close(state)
  state.expect = state.open.at(-1) === '[' ? 'value' : 'key'
  return 1
}

const steps: Record<Expect, (state: State) => number> = {
  value,
  valueOrEnd: state => close(state) || value(state),
  key,
  keyOrEnd: state => close(state) || key(state),
  colon,
  next,
}

/** Undefined when the text is JSON. */
export const firstFault = (text: string): Fault | undefined => {
  const state: State = { text, at: 0, open: [], expect: 'value' }
  for (;;) {
    state.at += matched(SPACE, text, state.at)?.length ?? 0
    if (state.at >= text.length && state.expect === 'next' && state.open.length === 0) return undefined
    const read = state.at < text.length ? steps[state.expect](state) : 0
    if (read === 0) return { position: state.at + 1, message: hint(text, state.at) }
    state.at += read
  }
}
