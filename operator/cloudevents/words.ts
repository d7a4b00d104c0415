// What a Model says about its events: that the sink took them, why it did not, or that it is being told.
import type { Observation } from '../api/conditions.ts'
import type { Delivered, Model } from '../api/model.ts'
import type { Trouble } from './sink.ts'

const type = 'EventsDelivered'

export const delivered = ({ moves, passedOver = 0 }: Delivered): Observation => ({
  type,
  status: 'True',
  reason: 'Delivered',
  message: `no move up to number ${moves} is left to be told${passedOver > 0 ? `; passed over: ${passedOver}` : ''}`,
})

export const catchingUp = (): Observation => ({
  type,
  status: 'Unknown',
  reason: 'EventsPending',
  message: 'the sink takes the moves, and has not been told all of them yet',
})

export const trouble = (number: number, { with: about, why }: Trouble): Observation => {
  const said = { type, status: 'False' } as const
  const again = 'tried again now and then'
  if (about === 'away') return { ...said, reason: 'SinkUnreachable', message: `${why}; tried again until the sink answers` }
  if (about === 'sink') return { ...said, reason: 'SinkRefused', message: `${why}; ${again}` }
  if (about === 'event') return { ...said, reason: 'SinkRefused', message: `move ${number}: ${why}; ${again}, then passed over` }
  return { ...said, reason: 'MovesMissing', message: `from move ${number} on: ${why}; ${again}, then passed over` }
}

/** What was known before stands until more is known: a move that was just made is no news yet. */
export const asBefore = (model: Model): Observation => {
  const before = model.status?.conditions?.find(condition => condition.type === type)
  if (before) return { ...before, reason: before.reason as Observation['reason'] }
  return { type, status: 'Unknown', reason: 'EventsPending', message: 'the sink has not been told of a move yet' }
}
