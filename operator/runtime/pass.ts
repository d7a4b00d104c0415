// One pass, for every kind: world → plan → children → scale → prune → status → events → when to look again.
import { nothingNew, writeChildren } from './children.ts'
import { type Effects, plannedRefs } from './effects.ts'
import { refKey, refOf } from './keys.ts'
import { dropUnplanned, feedbackOf, nextRetry, postpone } from './memory.ts'
import { confirm } from './owner.ts'
import { prune } from './prune.ts'
import type { Recorder } from './recorder.ts'
import { writeScales } from './scale.ts'
import type { Feedback, Happening, Plan } from './shape.ts'
import { writeStatus } from './status.ts'

/** Undefined: there is nothing to do for this key, and nothing to remember. `later`: nothing can be told now. */
export type Decide = (feedback: Feedback) => Promise<Plan | 'later' | undefined>

export interface PassOutcome {
  /** Milliseconds until the next look, if there need be one. */
  again?: number
  /** Something is under way that may end without an event for us. */
  pending: boolean
  /** A child was written that could not be written before. */
  freed: boolean
  /** There was nothing to plan for. */
  idle: boolean
}

const nothingDone: PassOutcome = { pending: false, freed: false, idle: false }

export const nothingToDo: PassOutcome = { ...nothingDone, idle: true }

interface Attempt {
  /** The plan was made without knowing what its children ran into. */
  outdated: boolean
  pending: boolean
  freed: boolean
  /** A status was written. */
  written: boolean
}

/** A plan made in ignorance of a refusal is made once more; after the third it evidently does not listen. */
const mostPlans = 3

export const runPass = async (effects: Effects, decide: Decide, recorder: Recorder): Promise<PassOutcome> => {
  let written = false
  let freed = false
  for (let plans = 1; ; plans++) {
    const plan = await decide(feedbackOf(effects.memory, effects.clock.now()))
    if (!plan) return nothingToDo
    if (plan === 'later') return nothingDone
    const attempt = await carryOut(effects, plan, plans < mostPlans)
    written ||= attempt.written
    freed ||= attempt.freed
    if (attempt.outdated) continue
    if (written) for (const happening of plan.events) tell(effects, recorder, happening)
    return { ...lookAgain(effects, plan), pending: attempt.pending, freed, idle: false }
  }
}

const carryOut = async (effects: Effects, plan: Plan, mayReplan: boolean): Promise<Attempt> => {
  await confirm(effects, plan.reliesOn ?? [])
  const committed = plan.commitFirst === true && (await writeOwnStatus(effects, plan))
  const children = plan.hold ? nothingNew : await writeChildren(effects, plan)
  const { freed, pending } = children
  if (children.news && mayReplan) return { outdated: true, pending, freed, written: committed }
  if (!plan.hold) {
    await writeScales(effects, plan.scale)
    await prune(effects, plan)
    dropUnplanned(effects.memory, plannedRefs(effects, plan), effects.clock.monotonic())
  }
  const told = await writeStatuses(effects, plan)
  return { outdated: false, pending, freed, written: committed || told }
}

const writeOwnStatus = async (effects: Effects, { status }: Plan): Promise<boolean> => {
  if (!status) return false
  if (!effects.primary) throw new Error('a plan has a status, but its key has no primary object: put it under statuses')
  const answer = await writeStatus(effects, { object: effects.primary, status })
  if (answer) {
    effects.primary = answer
    // Its version was the precondition.
    effects.sure.add(refKey(refOf(answer)))
  }
  return answer !== undefined
}

const writeStatuses = async (effects: Effects, plan: Plan): Promise<boolean> => {
  let written = await writeOwnStatus(effects, plan)
  for (const each of plan.statuses ?? []) {
    const answer = await writeStatus(effects, each)
    written ||= answer !== undefined
  }
  return written
}

const tell = (effects: Effects, recorder: Recorder, happening: Happening): void => {
  const about = happening.about ?? effects.primary
  if (about) recorder.record(about, happening)
}

const lookAgain = (effects: Effects, { requeueAfter }: Plan): { again?: number } => {
  const retry = retryOf(effects)
  const planned = requeueAfter === undefined ? undefined : Math.max(requeueAfter * 1000, 1)
  const times = [retry, planned].filter(time => time !== undefined)
  return times.length === 0 ? {} : { again: Math.min(...times) }
}

/** Milliseconds until those of our children that could not be written are worth another try. */
const retryOf = ({ key, memory, retries, clock }: Effects): number | undefined => {
  const earliest = nextRetry(memory)
  if (earliest === undefined) {
    retries.free(key)
    return undefined
  }
  const now = clock.monotonic()
  const slot = retries.take(key, Math.max(earliest, now + 1))
  postpone(memory, slot)
  return slot - now
}
