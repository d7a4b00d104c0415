import { describe, expect, it } from 'vitest'
import type { ModelSpec } from '../api/model.ts'
import { aliasesOf, aliasNames } from './aliases.ts'

const ladder = (...names: string[]): ModelSpec => ({ stages: names.map(name => ({ name, automatic: true })) })

describe('the aliases of a model', () => {
  it('are one for each stage that is held, champion for the last one, and challenger for the one before', () => {
    expect(aliasesOf(ladder('Staging', 'Production'), { Staging: 6, Production: 5 })).toEqual({
      staging: 6,
      production: 5,
      champion: 5,
      challenger: 6,
    })
  })

  it('name no champion while the last stage is empty', () => {
    expect(aliasesOf(ladder('Staging', 'Production', 'GNU_Production'), { Staging: 6, Production: 5 })).toEqual({
      staging: 6,
      production: 5,
      challenger: 5,
    })
  })

  it('leave out a stage that is not on the ladder any more', () => {
    expect(aliasesOf(ladder('Production'), { Production: 1, Staging: 2 })).toEqual({ production: 1, champion: 1 })
  })

  it.each(['latest', 'Latest', 'v1', 'V12', 'Champion', 'challenger'])(
    'give the stage %s another name, because that one is taken',
    name => {
      expect(aliasesOf(ladder(name, 'Production'), { [name]: 3 })).toEqual({ [`stage-${name.toLowerCase()}`]: 3, challenger: 3 })
    },
  )

  it('are all listed, held or not', () => {
    expect(aliasNames(ladder('Staging', 'Production'))).toEqual(['challenger', 'champion', 'production', 'staging'])
  })
})
