import { describe, expect, it } from 'vitest'
import { parse } from './arguments.ts'
import { UsageError } from './failure.ts'

const words = (text: string): string[] => (text === '' ? [] : text.split(' '))

describe('the words of a command', () => {
  it('are a command, names and flags in any order, before and after the command', () => {
    expect(parse(words('-n shop approve churn-v4 --stage Production --wait=0 -o json'))).toEqual({
      command: 'approve',
      names: ['churn-v4'],
      flags: { namespace: 'shop', stage: 'Production', wait: '0', output: 'json' },
      wantsHelp: false,
    })
  })

  it.each([
    ['', undefined],
    ['help', undefined],
    ['--help', undefined],
    ['help rollback', 'rollback'],
    ['rollback -h', 'rollback'],
    ['reject --help', 'reject'],
  ])('ask for help when they are "%s"', (text, command) => {
    expect(parse(words(text))).toMatchObject({ wantsHelp: true, ...(command && { command }) })
  })

  it.each([
    ['aprove churn-v4', '"aprove" is not a command: did you mean approve?'],
    ['approve churn-v4 --stgae Production', '--stgae is not a flag: did you mean stage?'],
    ['approve churn-v4 --to 3', 'approve has no flag --to: approve VERSION [--stage STAGE] [--reason TEXT] [--wait TIME]'],
    ['approve', 'approve takes VERSION, and got nothing'],
    ['compare churn-v3', 'compare takes VERSION VERSION, and got churn-v3'],
    ['approve churn-v3 churn-v4', 'approve takes VERSION, and got churn-v3 churn-v4'],
    ['reject churn-v4', 'reject needs --reason'],
    ['reject churn-v4 --reason=', 'reject needs --reason'],
    ['bypass churn-v4 --reason r', 'bypass needs --stage'],
    ['release churn', 'release needs --stage'],
    ['copy churn-v4', 'copy needs --to: The namespace that gets it.'],
    ['rollback churn --to=', '--to is empty: give NUMBER'],
    ['validate', 'validate takes FILE, and got nothing'],
    ['history churn -o table', '--output is "table": use json or yaml'],
    ['history churn --stage=', '--stage is empty: give STAGE'],
    ['history churn --at', 'argument missing'],
  ])('are refused with what is wrong: %s', (text, said) => {
    expect(() => parse(words(text))).toThrow(UsageError)
    expect(() => parse(words(text))).toThrow(said)
  })
})
