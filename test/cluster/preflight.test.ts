import { describe, expect, it } from 'vitest'
import { problem } from './preflight.ts'

const go = (found: string) => problem({ what: 'Go', least: [1, 26], found, advice: 'install it' })

describe('the preflight', () => {
  it.each(['go version go1.26.0 linux/amd64', 'go version go1.30.1 linux/amd64', 'go version go2.0 linux/amd64'])('takes %s', found => {
    expect(go(found)).toBeUndefined()
  })

  it('says which version is needed and what to do', () => {
    expect(go('go version go1.9.7 linux/amd64')).toBe('Go is 1.9, but 1.26 or newer is needed: install it.')
    expect(go('')).toBe('Go 1.26 or newer is missing: install it.')
  })

  it('takes any minor version where only the major one matters', () => {
    expect(problem({ what: 'Node', least: [20], found: 'v20.0.0', advice: '' })).toBeUndefined()
    expect(problem({ what: 'Node', least: [20], found: 'v18.19.0', advice: 'upgrade' })).toBe(
      'Node is 18.19, but 20 or newer is needed: upgrade.',
    )
  })
})
