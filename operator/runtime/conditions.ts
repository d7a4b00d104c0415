// Decides when a condition changed: its time moves when its status moves, and at no other moment.
import type { Condition } from './shape.ts'

/** The wanted conditions, in their order, each with the time since which its status holds. */
export const mergeConditions = (wanted: Condition[], live: Condition[], now: Date): Condition[] =>
  wanted.map(condition => {
    const before = live.find(one => one.type === condition.type)
    const unmoved = before?.status === condition.status ? before.lastTransitionTime : undefined
    return { ...condition, lastTransitionTime: unmoved ?? condition.lastTransitionTime ?? timestamp(now) }
  })

/** Kubernetes times carry whole seconds. */
export const timestamp = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`

const conditionsOf = (status: unknown): Condition[] | undefined => {
  if (typeof status !== 'object' || status === null || !('conditions' in status)) return undefined
  return Array.isArray(status.conditions) ? (status.conditions as Condition[]) : undefined
}

/** A whole status, its conditions merged with those of the live one. */
export const mergeStatus = (wanted: object, live: unknown, now: Date): object => {
  const conditions = conditionsOf(wanted)
  return conditions ? { ...wanted, conditions: mergeConditions(conditions, conditionsOf(live) ?? [], now) } : wanted
}
