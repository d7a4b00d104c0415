// Decides what was asked for: which command, of what, with which flags; and says what is wrong with the rest.
import { parseArgs } from 'node:util'
import { type CommandName, commandNames, commands, type Flag, type FlagName, flagOf, flags, flagsOf, usageOf } from './commands.ts'
import { UsageError } from './failure.ts'
import { suggestion } from './nearest.ts'

export type Flags = Partial<Record<FlagName, string>>

export interface Invocation {
  /** Absent when only help was asked for. */
  command?: CommandName
  names: string[]
  flags: Flags
  wantsHelp: boolean
}

const options = Object.fromEntries(
  Object.entries(flags).map(([name, { short, value }]: [string, Flag]) => [
    name,
    { type: value ? ('string' as const) : ('boolean' as const), ...(short && { short }) },
  ]),
)

export const parse = (args: readonly string[]): Invocation => {
  const { values, positionals } = split(args)
  const given: Flags = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]))
  const [first, ...rest] = positionals[0] === 'help' ? positionals.slice(1) : positionals
  const wantsHelp = given.help !== undefined || positionals.length === 0 || positionals[0] === 'help'
  if (first === undefined) return { names: [], flags: given, wantsHelp: true }
  const command = commandNames.find(name => name === first)
  if (!command) throw new UsageError(`${JSON.stringify(first)} is not a command${suggestion(first, commandNames)}`)
  if (!wantsHelp) check(command, rest, given)
  return { command, names: rest, flags: given, wantsHelp }
}

const split = (args: readonly string[]): ReturnType<typeof parseArgs> => {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const unknown = /^Unknown option '(-+([^'=]*))/.exec(message)
    if (!unknown) throw new UsageError(message.split('\n').join(' '))
    throw new UsageError(`${unknown[1]} is not a flag${suggestion(unknown[2] ?? '', Object.keys(flags)).replace(/^;.*/, '')}`)
  }
}

const check = (command: CommandName, names: readonly string[], given: Flags): void => {
  const { takes, required = [] } = commands[command]
  const known = flagsOf(command)
  const stray = (Object.keys(given) as FlagName[]).find(flag => !known.includes(flag))
  if (stray) throw new UsageError(`${command} has no flag --${stray}: ${usageOf(command)}`)
  if (names.length !== takes.length)
    throw new UsageError(`${command} takes ${takes.join(' ')}, and got ${names.join(' ') || 'nothing'}: ${usageOf(command)}`)
  const missing = required.find(flag => !given[flag])
  if (missing) throw new UsageError(`${command} needs --${missing}: ${flagOf(command, missing).says} ${usageOf(command)}`)
  for (const name of Object.keys(given) as FlagName[]) checkValue(flagOf(command, name), { name, value: given[name] ?? '' })
}

const checkValue = ({ value: takes, choices }: Flag, { name, value }: { name: FlagName; value: string }): void => {
  if (takes && value === '') throw new UsageError(`--${name} is empty: give ${takes}`)
  if (choices && !choices.includes(value)) throw new UsageError(`--${name} is ${JSON.stringify(value)}: use ${choices.join(' or ')}`)
}
