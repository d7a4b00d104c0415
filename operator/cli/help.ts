// Writes help from the table of commands.
import { type CommandName, commandNames, commands, type FlagName, flagOf, flagsOf, usageOf, usageWords } from './commands.ts'
import { WIDTH } from './table.ts'

const columns = (rows: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n')
}

export const overview = (): string =>
  [
    'kubectl tidegate: what people say about models, and what became of it.',
    columns(commandNames.map(name => [`${name} ${commands[name].takes.join(' ')}`, commands[name].says])),
    'kubectl tidegate help COMMAND says more. Exit codes: 0 done or waiting, 1 refused or failed, 2 asked wrongly.',
  ].join('\n\n')

export const helpOf = (name: CommandName): string =>
  [
    commands[name].says,
    folded(['  kubectl tidegate', ...usageWords(name)]),
    columns(flagsOf(name).map(flag => [written(name, flag), flagOf(name, flag).says])),
    `For example:\n  kubectl tidegate ${commands[name].example}`,
  ].join('\n\n')

/** Lines of at most a hundred columns. */
const folded = (words: readonly string[]): string =>
  words.reduce((text, word) => {
    const line = text.slice(text.lastIndexOf('\n') + 1)
    return line.length + 1 + word.length > WIDTH ? `${text}\n      ${word}` : `${text} ${word}`
  })

const written = (command: CommandName, name: FlagName): string => {
  const { short, value } = flagOf(command, name)
  return `${short ? `-${short}, ` : '    '}--${name}${value ? ` ${value}` : ''}`
}

/** The table of the guide: a test compares the page with it. */
export const guideTable = (): string =>
  [
    '| command | does |',
    '| --- | --- |',
    ...commandNames.map(name => `| \`${usageOf(name).replaceAll('|', '\\|')}\` | ${commands[name].says} |`),
  ].join('\n')
