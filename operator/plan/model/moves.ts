// Which moves are legal: one table, for the ladder's own climbing and for the word of people alike.
import type { ModelSpec } from '../../api/model.ts'

export const NONE = 'None'
export const ARCHIVED = 'Archived'

/** Whatever makes a version move. */
export type Cause = 'climb' | 'replaced' | 'Promote' | 'Bypass' | 'Reject' | 'Archive' | 'Restore' | 'Rollback'

/** A kind of place; a ladder may have many stages. */
type Place = 'None' | 'Stage' | 'Archived'

interface Row {
  from: Place
  to: Place
  by: readonly Cause[]
  /** Stage to stage: a version moves up. None to stage: only to the first. Stage to None: not from the last. */
  where?: 'up' | 'first' | 'notLast'
}

export const table: readonly Row[] = [
  { from: 'None', to: 'Stage', where: 'first', by: ['climb', 'Promote', 'Bypass'] },
  { from: 'Stage', to: 'Stage', where: 'up', by: ['climb', 'Promote', 'Bypass'] },
  { from: 'Stage', to: 'Archived', by: ['replaced', 'Archive', 'Rollback'] },
  { from: 'Stage', to: 'None', where: 'notLast', by: ['Reject'] },
  { from: 'None', to: 'None', by: ['Reject'] },
  { from: 'Archived', to: 'Stage', by: ['Restore', 'Rollback', 'Bypass'] },
]

export const placeOf = (name: string): Place => (name === NONE || name === ARCHIVED ? name : 'Stage')

export interface Way {
  from: string
  to: string
}

/** Whether a version may go this way for this cause, its gates aside. */
export const isLegal = (spec: ModelSpec, cause: Cause, way: Way): boolean =>
  table.some(row => row.from === placeOf(way.from) && row.to === placeOf(way.to) && row.by.includes(cause) && isWhere(spec, row, way))

const isWhere = (spec: ModelSpec, { where }: Row, { from, to }: Way): boolean => {
  const [source, target] = [indexOf(spec, from), indexOf(spec, to)]
  if (placeOf(to) === 'Stage' && target < 0) return false
  if (where === 'up') return source >= 0 && target > source
  if (where === 'first') return target === 0
  if (where === 'notLast') return source < spec.stages.length - 1
  return true
}

export const indexOf = (spec: ModelSpec, stage: string): number => spec.stages.findIndex(({ name }) => name === stage)

/** Where a version may go for this cause, for a message. */
export const waysFrom = (spec: ModelSpec, cause: Cause, from: string): string[] =>
  [NONE, ...spec.stages.map(({ name }) => name), ARCHIVED].filter(to => isLegal(spec, cause, { from, to }))
