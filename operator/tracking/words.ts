// What a Model says about its mirror: that it is equal, why it is not, or that nobody knows yet.
import type { Observation } from '../api/conditions.ts'
import type { Model } from '../api/model.ts'
import { causeOf } from '../runtime/errors.ts'
import type { Wanted } from './mirror.ts'
import { TrackingError } from './request.ts'

export const inStep = ({ name, versions }: Wanted): Observation => ({
  type: 'TrackingSynced',
  status: 'True',
  reason: 'Mirrored',
  message: `the tracking server shows ${name} with ${versions.length} ${versions.length === 1 ? 'version' : 'versions'} as ${versions.length === 1 ? 'it is' : 'they are'} here`,
})

/** A server that answered, and said no, has to be set right by a person; any other one comes back by itself. */
export const trouble = (error: unknown): Observation => {
  const isRefusal = error instanceof TrackingError && [400, 401, 403, 404, 405, 409].includes(error.status)
  return isRefusal
    ? { type: 'TrackingSynced', status: 'False', reason: 'TrackingRefused', message: `${causeOf(error)}; tried again now and then` }
    : { type: 'TrackingSynced', status: 'False', reason: 'TrackingUnreachable', message: `${causeOf(error)}; tried again until it answers` }
}

/** What an operator before this one found out stands until this one has looked. */
export const notYet = (model: Model | undefined): Observation => {
  const before = model?.status?.conditions?.find(({ type }) => type === 'TrackingSynced')
  if (before) return { ...before, reason: before.reason as Observation['reason'] }
  return { type: 'TrackingSynced', status: 'Unknown', reason: 'MirrorPending', message: 'not compared with the tracking server yet' }
}
