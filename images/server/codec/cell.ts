// Decides whether one value may stand in one column, and says what may if it may not.
import { Problem, type ProblemCode } from '../problems.ts'
import type { Cell, Column } from './batch.ts'
import { nearest } from './nearest.ts'

const MAX_SHOWN = 60

/** A value as a person would recognise it, never longer than a line. */
export const shown = (value: unknown): string => {
  if (typeof value === 'string') return value.length > MAX_SHOWN ? `text of ${value.length} characters` : JSON.stringify(value)
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'an object'
  return String(value)
}

const bounds = ({ minimum, maximum, exclusiveMinimum }: Column) => {
  const low = minimum === undefined ? '' : `${exclusiveMinimum ? 'above' : 'at least'} ${minimum}`
  const high = maximum === undefined ? '' : `at most ${maximum}`
  return [low, high].filter(part => part !== '').join(' and ')
}

/** What a column accepts, in words. */
export const accepted = (column: Column): string => {
  const orNull = column.nullable ? ', or null for a missing value' : ''
  if (column.type === 'number') return `a number${bounds(column) && ` ${bounds(column)}`}${orNull}`
  return `${column.categories ? `one of ${column.categories.map(c => JSON.stringify(c)).join(', ')}` : 'text'}${orNull}`
}

export interface Position {
  column: Column
  /** Such as "instances[3]."; empty where there is only one row. */
  at: string
}

const wrong = (code: ProblemCode, { column, at }: Position, message: string) =>
  new Problem(code, `${at}${column.name} ${message}`, column.name)

const outside = (column: Column, value: number) => {
  const { minimum, maximum, exclusiveMinimum } = column
  if (minimum !== undefined && value < minimum) return true
  // What the model sees is the float32: a value that rounds down to the bound is not above it.
  if (minimum !== undefined && exclusiveMinimum && (value <= minimum || Math.fround(value) <= Math.fround(minimum))) return true
  return maximum !== undefined && value > maximum
}

const checkedNumber = (position: Position, value: unknown): number => {
  const { column } = position
  if (typeof value !== 'number') throw wrong('WrongType', position, `must be ${accepted(column)}; got ${shown(value)}.`)
  const rounded = Math.fround(value)
  if (!Number.isFinite(rounded)) {
    throw wrong(
      'OutOfRange',
      position,
      `must fit a 32-bit float, at most 3.4028235e38 in size; got ${shown(value)}. Send a smaller number.`,
    )
  }
  if (outside(column, value)) throw wrong('OutOfRange', position, `must be ${accepted(column)}; got ${shown(value)}.`)
  return rounded
}

const checkedCategory = (position: Position, value: unknown): string => {
  const { column } = position
  if (typeof value !== 'string') throw wrong('WrongType', position, `must be ${accepted(column)}; got ${shown(value)}.`)
  if (!column.categories || column.categories.includes(value)) return value
  const near = nearest(value, column.categories)
  throw wrong(
    'UnknownCategory',
    position,
    `must be ${accepted(column)}; got ${shown(value)}.${near ? ` Did you mean ${JSON.stringify(near)}?` : ''}`,
  )
}

/** The value as the model takes it, or a Problem that names the column. */
export const checkedCell = (position: Position, value: unknown): Cell => {
  const { column } = position
  if (value === null && column.nullable) return null
  return column.type === 'number' ? checkedNumber(position, value) : checkedCategory(position, value)
}
