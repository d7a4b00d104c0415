// A steady stream of predictions over short-lived and long-lived connections, every answer of which is kept.
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'undici'
import type { Prediction } from './web.ts'

export interface Lane {
  name: string
  url: string
  /** Goes into the Host header. */
  host?: string
  /** fresh: each request opens a connection of its own; kept: four connections stay open as long as the server lets them. */
  connections: 'fresh' | 'kept'
}

export interface Answer {
  lane: string
  /** When the request left and when its answer was complete, in milliseconds since the epoch. */
  sent: number
  at: number
  /** 0: there was no answer. */
  status: number
  version: string
  error?: string
}

export interface Stream {
  answers: Answer[]
  /** Ends it and comes back when every request has its answer. */
  stop: () => Promise<Answer[]>
}

const LONGEST_MS = 15_000
/** Used in turn, so that each rests between two requests. */
const KEPT_CONNECTIONS = 4

/** Sends this many requests a second over each lane, at fixed times whatever the answers do. */
export const stream = (lanes: readonly Lane[], { perSecond, body }: { perSecond: number; body: unknown }): Stream => {
  const answers: Answer[] = []
  const open = new Set<Promise<void>>()
  const senders = lanes.map(lane => senderOf(lane, JSON.stringify(body)))
  const timers = senders.map((send, index) => {
    const fire = () => {
      const one: Promise<void> = send.ask().then(answer => {
        answers.push(answer)
        open.delete(one)
      })
      open.add(one)
    }
    // The lanes take turns, so that their sum is as even as each of them.
    const offset = (1000 / perSecond / senders.length) * index
    let timer: NodeJS.Timeout
    const start = setTimeout(() => {
      timer = setInterval(fire, 1000 / perSecond)
    }, offset)
    return () => {
      clearTimeout(start)
      clearInterval(timer)
    }
  })
  const stop = async () => {
    for (const end of timers) end()
    await Promise.race([Promise.all(open), sleep(LONGEST_MS + 1000)])
    await Promise.all(senders.map(sender => sender.close()))
    return answers
  }
  return { answers, stop }
}

interface Sender {
  ask: () => Promise<Answer>
  close: () => Promise<void>
}

const senderOf = (lane: Lane, body: string): Sender => {
  const limits = { headersTimeout: LONGEST_MS, bodyTimeout: LONGEST_MS }
  const isKept = lane.connections === 'kept'
  const kept = isKept ? Array.from({ length: KEPT_CONNECTIONS }, () => new Client(lane.url, { ...limits, keepAliveTimeout: 60_000 })) : []
  let turn = 0
  const ask = async (): Promise<Answer> => {
    const sent = Date.now()
    turn += 1
    const dispatcher = kept[turn % KEPT_CONNECTIONS] ?? new Client(lane.url, limits)
    try {
      const { statusCode, body: said } = await dispatcher.request({
        path: '/predict',
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(lane.host && { host: lane.host }) },
        body,
        reset: !isKept,
      })
      const text = await said.text()
      const version = statusCode === 200 ? (JSON.parse(text) as Prediction).model_version : ''
      return {
        lane: lane.name,
        sent,
        at: Date.now(),
        status: statusCode,
        version,
        ...(statusCode !== 200 && { error: text.slice(0, 200) }),
      }
    } catch (error) {
      return { lane: lane.name, sent, at: Date.now(), status: 0, version: '', error: String(error) }
    } finally {
      if (!isKept) void dispatcher.destroy()
    }
  }
  return { ask, close: async () => void (await Promise.all(kept.map(client => client.destroy()))) }
}

/** Every answer but 200, one line each. */
export const failures = (answers: readonly Answer[]): string[] =>
  answers
    .filter(answer => answer.status !== 200)
    .map(({ lane, sent, at, status, error }) => `${new Date(sent).toISOString()} +${at - sent} ms ${lane} ${status} ${error ?? ''}`)

/** Requests, versions and slowest answer of each lane. */
export const summary = (answers: readonly Answer[]): string => {
  const lanes = [...new Set(answers.map(answer => answer.lane))].toSorted()
  return lanes.map(lane => summaryOf(answers.filter(answer => answer.lane === lane))).join('\n')
}

const summaryOf = (answers: readonly Answer[]): string => {
  const versions = [...new Set(answers.map(answer => answer.version))].toSorted()
  const counts = versions.map(version => `version ${version || '?'}: ${answers.filter(answer => answer.version === version).length}`)
  const times = answers.map(answer => answer.at - answer.sent).toSorted((a, b) => a - b)
  const median = times[Math.floor(times.length / 2)] ?? 0
  return `${(answers[0]?.lane ?? '').padEnd(24)} ${String(answers.length).padStart(5)} answers  ${counts.join(', ')}  median ${median} ms, slowest ${times.at(-1) ?? 0} ms`
}
