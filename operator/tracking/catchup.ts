// Brings a tracking server to show what it should: look, compare, call, and look again, until there is nothing left to call.
import { type Call, diff } from './diff.ts'
import type { Wanted } from './mirror.ts'
import { exchange, type Server, TrackingError } from './request.ts'
import { read } from './seen.ts'

/** What was created is seen in the second round, the rest is done then, and the third finds nothing: one more is for a neighbour who wrote meanwhile. */
const ROUNDS = 4

export const catchUp = async (server: Server, wanted: Wanted, { stages }: { stages: boolean }): Promise<void> => {
  let triesStages = stages
  for (let round = 1; ; round++) {
    const calls = diff(wanted, await read(server, wanted.name), triesStages)
    const [call] = calls
    if (!call) return
    if (round > ROUNDS)
      throw new TrackingError(`${call.method} ${call.path}`, { status: 200, why: 'was answered with success and had no effect' })
    for (const each of calls) await carryOut(server, each)
    if (calls.some(({ bestEffort }) => bestEffort)) triesStages = false
  }
}

const carryOut = async (server: Server, call: Call): Promise<void> => {
  try {
    await exchange(server, call)
  } catch (error) {
    const isRefused = error instanceof TrackingError && (error.isAboutTheRequest || error.status === 404)
    if (isRefused && call.bestEffort) return
    if (!isRefused || !call.otherwise) throw error
    await exchange(server, { ...call, body: call.otherwise })
  }
}
