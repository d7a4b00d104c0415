// Asks over HTTP: bounded in time, few redirects that never leave https, and no word of a foreign answer in a message.
import { checkedAddress, shownAddress } from './address.ts'
import { Refused } from './refused.ts'
import type { Bytes } from './save.ts'

const FIRST_BYTE_MS = 30_000
const STALLED_MS = 60_000
const MOST_REDIRECTS = 5
const REDIRECTS = [301, 302, 303, 307, 308]
/** Ones that pass by themselves; any other refusal is about what was asked for. */
const PASSING = [408, 425, 429]

export interface Asked {
  url: URL
  headers?: Record<string, string>
  /** How an answer that says no is to be read by a person. */
  hints?: Readonly<Record<number, string>>
  mayRedirect?: boolean
}

const hintsOf: Readonly<Record<number, string>> = {
  401: 'it wants credentials: name a Secret in credentials, or check the one that is named',
  403: 'it is not allowed: check the credentials and what they may read',
  404: 'it is not there: check the address',
  410: 'it is not there any more',
}

/** Aborts when nothing has moved for so long. */
class Patience {
  readonly #controller = new AbortController()
  #timer: NodeJS.Timeout | undefined

  get signal() {
    return this.#controller.signal
  }

  wait(milliseconds: number, what: string) {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#controller.abort(new Error(`${what} within ${milliseconds / 1000} s`)), milliseconds)
  }

  end() {
    clearTimeout(this.#timer)
  }
}

export const ask = async (asked: Asked): Promise<Bytes> => {
  const patience = new Patience()
  try {
    const answer = await followed(asked, patience)
    return bodyOf(answer, shownAddress(asked.url), patience)
  } catch (error) {
    patience.end()
    throw error instanceof Refused ? error : new Error(`${shownAddress(asked.url)}: ${causeOf(error)}`)
  }
}

const followed = async (asked: Asked, patience: Patience): Promise<Response> => {
  let { url, headers = {} } = asked
  for (let redirects = 0; ; redirects++) {
    patience.wait(FIRST_BYTE_MS, 'no answer')
    const answer = await fetch(url, { redirect: 'manual', signal: patience.signal, headers: { 'accept-encoding': 'identity', ...headers } })
    if (!REDIRECTS.includes(answer.status)) return accepted(answer, asked)
    await answer.body?.cancel()
    const next = redirected(url, answer, asked)
    if (redirects === MOST_REDIRECTS) throw new Refused(`${shownAddress(asked.url)} redirects more than ${MOST_REDIRECTS} times`)
    if (next.origin !== url.origin) headers = {}
    url = next
  }
}

const redirected = (from: URL, { headers, status }: Response, { url, mayRedirect, hints = {} }: Asked): URL => {
  const location = headers.get('location')
  const next = location === null ? null : URL.parse(location, from.href)
  if (!mayRedirect || !next)
    throw new Refused(`${shownAddress(url)} redirects, which is not followed here: ${hints[status] ?? 'name the address that it leads to'}`)
  if (from.protocol === 'https:' && next.protocol !== 'https:')
    throw new Refused(`${shownAddress(url)} redirects from https to ${next.protocol.replace(':', '')}, which is not followed`)
  return checkedAddress(next.href, `the address that ${shownAddress(url)} redirects to`)
}

const accepted = async (answer: Response, { url, hints = {} }: Asked): Promise<Response> => {
  const { status } = answer
  if (status === 200) return answer
  await answer.body?.cancel()
  const message = `${shownAddress(url)} answers ${status}`
  if (status >= 500 || PASSING.includes(status) || status < 400) throw new Error(message)
  throw new Refused(`${message}: ${hints[status] ?? hintsOf[status] ?? 'check the address'}`)
}

const bodyOf = async function* (answer: Response, shown: string, patience: Patience): AsyncGenerator<Uint8Array> {
  try {
    patience.wait(STALLED_MS, 'nothing more came')
    for await (const chunk of answer.body ?? []) {
      // A slow disk of ours is no fault of theirs.
      patience.end()
      yield chunk
      patience.wait(STALLED_MS, 'nothing more came')
    }
  } catch (error) {
    throw error instanceof Refused ? error : new Error(`${shown}: ${causeOf(error)}`)
  } finally {
    patience.end()
  }
}

/** `fetch failed` says nothing; what is under it does. */
const causeOf = (error: unknown): string => {
  const { message = '', cause, code } = (error ?? {}) as { message?: string; cause?: unknown; code?: string }
  const inner = cause ? causeOf(cause) : ''
  return (inner || [code, message].filter(Boolean).join(' ') || String(error)).replaceAll(/\s+/g, ' ').slice(0, 200)
}
