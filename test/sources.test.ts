import { describe, expect, it } from 'vitest'
import { layerOf, matches } from './layers.ts'
import { findCycle, type Source, sources } from './sources.ts'

const source = (path: string, ...targets: string[]): Source => ({
  path,
  text: '',
  code: '',
  imports: targets.map(target => ({ target, typeOnly: false })),
})

describe('the reader of sources', () => {
  const [self] = sources('test/sources.test.ts')

  it('resolves imports to paths of the repository and to names of packages', () => {
    expect(self?.imports.filter(one => !one.typeOnly).map(one => one.target)).toEqual(['vitest', 'test/layers.ts', 'test/sources.ts'])
  })

  it('tells an import that is erased from one that is loaded', () => {
    const [table] = sources('test/run/table.ts')
    expect(table?.imports).toEqual([{ target: 'test/run/step.ts', typeOnly: true }])
  })

  it('leaves comments and strings out of the code', () => {
    // A word in a comment: xylophone.
    expect(self?.text).toContain(['xylo', 'phone'].join(''))
    expect(self?.code).not.toContain(['xylo', 'phone'].join(''))
    expect(self?.code).toContain('describe')
  })
})

describe('the search for cycles', () => {
  it('finds a chain that ends where it began', () => {
    expect(findCycle([source('a.ts', 'b.ts'), source('b.ts', 'c.ts'), source('c.ts', 'b.ts')])).toEqual(['b.ts', 'c.ts', 'b.ts'])
  })

  it('takes two ways to one file for no cycle', () => {
    expect(findCycle([source('a.ts', 'b.ts', 'c.ts'), source('b.ts', 'd.ts'), source('c.ts', 'd.ts'), source('d.ts')])).toBeUndefined()
  })
})

describe('the layer table', () => {
  it('gives a file to the longest match', () => {
    expect(layerOf('operator/plan/model/plan.ts')?.of).toBe('operator/plan/model/')
    expect(layerOf('operator/generate.ts')?.of).toBe('operator/generate.ts')
    expect(layerOf('operator/somewhere/else.ts')).toBeUndefined()
  })

  it('means a folder only where the pattern ends in a slash', () => {
    expect(matches('operator/api/', 'operator/api/model.ts')).toBe(true)
    expect(matches('operator/api/model.ts', 'operator/api/model.ts.ts')).toBe(false)
    expect(matches('node:', 'node:fs')).toBe(true)
  })
})
