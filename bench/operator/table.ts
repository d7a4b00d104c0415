// The figures as a table: the middle and spread of what was measured, what it should be, and whether that is settled.
import { type Summary, summary, type Target, verdict } from './figures.ts'
import type { PartName } from './options.ts'
import type { Kept, Part } from './record.ts'
import { ROWS, type Row } from './rows.ts'

/** Every part that was ever measured, each with where and when. */
export const table = ({ parts }: Kept): string =>
  Object.entries(parts)
    .map(([name, part]) => [headOf(name, part), ...ROWS[name as PartName].map(row => lineOf(row, part))].join('\n'))
    .join('\n\n')

const headOf = (name: string, { objects, rounds, load, machine, commit, clean, date }: Part): string => {
  const where = `${machine.cores} cores, load ${load.toFixed(1)} before, commit ${commit.slice(0, 10)}${clean ? '' : ' with changes'}, ${date.slice(0, 16)}`
  return `${name}: ${objects} objects, rounds: ${rounds.length}, ${where}`
}

const lineOf = ([figure, unit, read, target]: Row<unknown>, { rounds }: Part): string => {
  const told = summary(rounds.flatMap(read))
  const judged = target ? `${wanted(target)} ${verdict(told, target)}` : ''
  return `  ${figure.padEnd(56)} ${number(told.median).padStart(9)} ${unit.padEnd(6)} ${range(told).padEnd(22)} ${judged}`.trimEnd()
}

const wanted = ({ atLeast, atMost }: Target): string => (atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`).padEnd(7)

const range = ({ min, max, count }: Summary): string => (count < 2 ? '' : `(${number(min)} – ${number(max)})`)

const number = (value: number): string => (Number.isInteger(value) ? String(value) : value.toPrecision(Math.abs(value) >= 1000 ? 4 : 3))
