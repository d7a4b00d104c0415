import { describe, expect, it } from 'vitest'
import type { ModelSpec } from '../../api/model.ts'
import { type Cause, isLegal, table, waysFrom } from './moves.ts'

const names = ['Staging', 'Production', 'GNU_Production']
const spec: ModelSpec = { stages: names.map(name => ({ name, automatic: true })) }
const places = ['None', ...names, 'Archived']
const causes = [...new Set(table.flatMap(({ by }) => by))]
const legal = (cause: Cause): string[] =>
  places.flatMap(from => places.filter(to => isLegal(spec, cause, { from, to })).map(to => `${from} → ${to}`))

/** S0-56 to S0-62; a version of S0-54 and S0-55 begins in None, and S0-63 is a deletion, no move. */
const asked = [
  'None → Staging',
  'Staging → Production',
  'Staging → GNU_Production',
  'Production → GNU_Production',
  'GNU_Production → Archived',
  'Staging → Archived',
  'Production → Archived',
]

/** Beyond them: reject to None, and restore. */
const added = [
  'None → None',
  'Staging → None',
  'Production → None',
  'Archived → Staging',
  'Archived → Production',
  'Archived → GNU_Production',
]

describe('the legal moves', () => {
  it('are those that were asked for, and the additions, and no other', () => {
    const all = new Set(causes.flatMap(legal))
    expect([...all].toSorted()).toEqual([...asked, ...added].toSorted())
  })

  it('of automation and of a promotion lead up only, and from None to the first stage only', () => {
    const up = ['None → Staging', 'Staging → Production', 'Staging → GNU_Production', 'Production → GNU_Production']
    expect(legal('climb').toSorted()).toEqual(up.toSorted())
    expect(legal('Promote').toSorted()).toEqual(up.toSorted())
  })

  it('to None are rejections, never from the last stage', () => {
    expect(legal('Reject')).toEqual(['None → None', 'Staging → None', 'Production → None'])
  })

  it('out of Archived are the word of a person', () => {
    expect(causes.filter(cause => waysFrom(spec, cause, 'Archived').length > 0).toSorted()).toEqual(['Bypass', 'Restore', 'Rollback'])
  })

  it('lead to no stage that is not on the ladder', () => {
    expect(isLegal(spec, 'Promote', { from: 'Staging', to: 'Elsewhere' })).toBe(false)
    expect(isLegal(spec, 'Restore', { from: 'Archived', to: 'Elsewhere' })).toBe(false)
  })
})
