// Decides which faults act on a request: those that match and whose turn it is.
import type { Action, Fault, Matching } from './fault.ts'
import { isChange, type RequestRecord } from './requestrecord.ts'

export interface FaultBook {
  /** The answer takes the fault back. */
  add(fault: Fault): () => void
  clear(): void
  /** Counts the request for every fault that it matches. */
  take(request: RequestRecord): Action[]
}

export const createFaultBook = (): FaultBook => {
  const entries = new Set<{ fault: Fault; seen: number }>()
  return {
    add(fault) {
      const { from = 1, times = 1 } = fault
      if (from < 1 || times < 1) throw new Error(`from is ${from} and times ${times}: both count from 1`)
      const entry = { fault, seen: 0 }
      entries.add(entry)
      return () => void entries.delete(entry)
    },
    clear: () => entries.clear(),
    take(request) {
      const matching = [...entries].filter(({ fault }) => matches(fault.on, request))
      for (const entry of matching) entry.seen += 1
      return matching
        .filter(({ fault: { from = 1, times = 1 }, seen }) => seen >= from && seen < from + times)
        .map(({ fault }) => fault.act)
    },
  }
}

const matches = ({ changing, ...exact }: Matching, request: RequestRecord): boolean => {
  if (changing !== undefined && changing !== isChange(request.verb)) return false
  return Object.entries(exact).every(([field, wanted]) => wanted === undefined || request[field as keyof typeof exact] === wanted)
}
