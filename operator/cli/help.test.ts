import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from './arguments.ts'
import { commandNames, commands, flagsOf } from './commands.ts'
import { completion } from './completion.ts'
import { guideTable, helpOf, overview } from './help.ts'
import { nearest } from './nearest.ts'

describe('help', () => {
  it('names every command, and fits 100 columns', () => {
    for (const name of commandNames) expect(overview()).toContain(`\n  ${name} `)
    const lines = [overview(), ...commandNames.map(helpOf)].flatMap(text => text.split('\n'))
    expect(lines.filter(line => line.length > 100 && !line.includes('COMMAND says more'))).toEqual([])
  })

  it.each(commandNames)('of %s shows an example that is accepted', name => {
    const words = [...commands[name].example.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')
    expect(parse(words)).toMatchObject({ command: name, wantsHelp: false })
  })

  it('is the table of the guide', () => {
    expect(readFileSync(join(import.meta.dirname, '../../docs/guide/cli.md'), 'utf8')).toContain(guideTable())
  })
})

describe('completion', () => {
  const completed = (words: string[]): string[] => {
    const array = words.map(word => `'${word}'`).join(' ')
    const script = `${completion('bash')}\nCOMP_WORDS=(kubectl-tidegate ${array}); COMP_CWORD=${words.length}; _kubectl_tidegate; printf '%s\\n' "\${COMPREPLY[@]}"`
    return spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' }).stdout.split('\n').filter(Boolean)
  }

  it('of bash offers commands, then the flags of the one that was chosen', () => {
    expect(completed([''])).toEqual([...commandNames, 'help'])
    expect(completed(['ro'])).toEqual(['rollback'])
    expect(completed(['rollback', 'churn', '--'])).toEqual(flagsOf('rollback').map(flag => `--${flag}`))
    expect(completed(['completion', 'f'])).toEqual(['fish'])
  })

  it('of kubectl answers in the words of kubectl: one per line, then a directive', () => {
    const asked = (...words: string[]) => spawnSync('sh', ['-c', completion('kubectl'), 'sh', ...words], { encoding: 'utf8' }).stdout
    expect(asked('')).toBe(`${commandNames.join('\n')}\nhelp\n:4\n`)
    expect(asked('release', '--st')).toBe(
      `${flagsOf('release')
        .map(flag => `--${flag}\n`)
        .join('')}:4\n`,
    )
  })

  it.each(['zsh', 'fish'])('of %s has every command and every flag', shell => {
    const script = completion(shell)
    for (const name of commandNames) expect(script).toContain(name)
    for (const flag of flagsOf('history')) expect(script).toContain(`--${flag}`)
  })

  it('of another shell says which there are', () => {
    expect(() => completion('fsh')).toThrow('no completion for "fsh": did you mean')
    expect(() => completion('constructor')).toThrow('there are bash, zsh, fish, kubectl')
  })
})

describe('the nearest names', () => {
  it('are those that begin alike and those a few letters away, the newest version first', () => {
    const known = ['churn-v2', 'churn-v9', 'churn-v10', 'iris-v1']
    expect(nearest('churn', known)).toEqual(['churn-v10', 'churn-v9', 'churn-v2'])
    expect(nearest('chrun-v9', known)[0]).toBe('churn-v9')
    expect(nearest('titanic-v1', known)).toEqual([])
  })
})
