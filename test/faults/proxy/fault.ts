// The faults that a test may ask for: on which requests, how many of them, and what happens to each.
import type { RequestRecord, Verb } from './requestrecord.ts'

/** All that is given must fit. */
export interface Matching {
  verb?: Verb
  /** Requests that change something (true), or the others (false). Events count as changes here. */
  changing?: boolean
  group?: string
  resource?: string
  subresource?: string
  namespace?: string
  name?: string
  mutation?: number
}

export interface Fault {
  on: Matching
  /** Acts from the n-th matching request on, counted from the injection; 1 when not given. */
  from?: number
  /** On so many matching requests in all; 1 when not given, `Infinity` for all. */
  times?: number
  act: Action
}

/**
 * Several faults may act on one request: each at its moment, in the order of their injection.
 * `before`: not forwarded yet. `committed`: the API server has answered, the answer is withheld.
 * `answered`: the answer's last byte was handed to the client's socket.
 */
export type Action =
  | AtAction
  | AnswerAction
  | DelayAction
  | CutAction
  | SlowAction
  | InterfereAction
  | StreamAction
  | CoalesceAction
  | ReplayAction

/** `run` is awaited; then the connection goes on, or is cut (and what was not forwarded never is). */
export interface AtAction {
  kind: 'at'
  moment: 'before' | 'committed' | 'answered'
  run: (request: RequestRecord) => void | Promise<void>
  /**
   * For a client that `run` kills: nothing else is forwarded until `run` is over, so that what the client sends
   * between the signal and its death is never done. Awaiting the death in `run` makes that certain.
   */
  cut?: boolean
}

/** Told without asking the API server. */
export interface AnswerAction {
  kind: 'answer'
  status: number
  reason?: string
  message?: string
  retryAfterSeconds?: number
}

export interface DelayAction {
  kind: 'delay'
  milliseconds: number
  moment: 'before' | 'committed'
}

export interface CutAction {
  kind: 'cut'
  moment: 'before' | 'committed'
  how: Cut
}

/** An RST, a FIN without an answer, or silence on a socket that stays open. */
export type Cut = 'reset' | 'close' | 'hang'

export interface SlowAction {
  kind: 'slow'
  /** Of the answer. */
  bytesPerSecond: number
}

/** Somebody else's write, finished before this request is forwarded. */
export interface InterfereAction {
  kind: 'interfere'
  write: (request: RequestRecord) => Promise<void>
}

/** Breaks a watch after so many events or milliseconds, or when told to, whichever is first; at once when nothing is given. Bookmarks are no events. */
export interface StreamAction {
  kind: 'stream'
  afterEvents?: number
  afterMilliseconds?: number
  upon?: Promise<void>
  how: StreamFault
}

export type StreamFault =
  /** An RST. */
  | 'reset'
  /** The regular end of an answer, as at the end of the watch's time. */
  | 'close'
  /** Silence; the socket stays open. */
  | 'half-open'
  /** The next event ends in its middle, and the answer with it. */
  | 'truncated'
  /** All events so far come a second time; then the watch goes on. */
  | 'duplicated'
  /** From here on, one byte at a time. */
  | 'dribble'
  /** An ERROR event, then the end: the version is too old, or something inside went wrong. */
  | 'error-410'
  | 'error-500'
  /** The watch is refused with 410 and never forwarded. */
  | 'gone'

/** Holds events of a watch back and tells only the latest of each object, as a slow client may see them. */
export interface CoalesceAction {
  kind: 'coalesce'
  /** The longest that an event is held; each time it is between half of that and all of it, by the proxy's seed. */
  milliseconds: number
  /** Tells nothing of what was held but that the version is too old: a deletion and a new object of its name are then seen as one change. */
  relist?: boolean
}

/** Answers a list with the one recorded of the same address: the first, or that of `recordLists`. */
export interface ReplayAction {
  kind: 'replay'
}
