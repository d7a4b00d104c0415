import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { entries, type Layer, layerOf, layers, matches } from './layers.ts'
import { findCycle, type Import, isTest, paths, root, type Source, sources } from './sources.ts'

const everything = sources('{operator,images,test,bench}/**/*.ts', '*.ts')
const product = everything.filter(source => !isTest(source.path) && source.path.includes('/'))

const isAllowed = (layer: Layer, { target, typeOnly }: Import): boolean =>
  [...layer.may, ...(typeOnly ? (layer.types ?? []) : [])].some(pattern => matches(pattern, target))

const strangers = (source: Source): string[] => {
  const layer = layerOf(source.path)
  if (!layer) return [`${source.path} belongs to no layer: give its folder a row in test/layers.ts`]
  return source.imports
    .filter(one => !isAllowed(layer, one))
    .map(one => `${source.path} imports ${one.target}${one.typeOnly ? '' : ' at run time'}, which ${layer.of} may not`)
}

describe('the layers', () => {
  it('are kept by every import', () => {
    expect(product.flatMap(strangers)).toEqual([])
  })

  it.each(layers)('$of has no row that nobody uses', layer => {
    const used = product.filter(source => layerOf(source.path) === layer)
    expect(used.length, 'files of the layer').toBeGreaterThan(0)
    const stale = (patterns: readonly string[], typeOnly: boolean): string[] =>
      patterns.filter(pattern => !used.some(s => s.imports.some(one => one.typeOnly >= typeOnly && matches(pattern, one.target))))
    expect([...stale(layer.may, false), ...stale(layer.types ?? [], true)]).toEqual([])
  })

  it('let nobody import an entry', () => {
    expect(product.filter(source => source.imports.some(one => entries.includes(one.target))).map(source => source.path)).toEqual([])
  })

  it('have no cycle', () => {
    expect(findCycle(everything)).toBeUndefined()
  })
})

const IMPURE: readonly [string, RegExp][] = [
  ['asynchrony', /\basync\b|\bawait\b|\bPromise\b/],
  ['clock', /\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\b|\bset(Timeout|Interval|Immediate)\b/],
  ['chance', /\bMath\.random\b|\bcrypto\b/],
  ['process', /\bprocess\b/],
  ['try block', /\btry\b/],
]

describe('plans', () => {
  const plans = product.filter(source => source.path.startsWith('operator/plan/'))

  it.each(IMPURE)('use no %s', (_, pattern) => {
    expect(plans.filter(source => pattern.test(source.code)).map(source => source.path)).toEqual([])
  })
})

const BANNED = [
  'utils',
  'util',
  'helpers',
  'helper',
  'common',
  'misc',
  'manager',
  'handler',
  'processor',
  'base',
  'types',
  'index',
  'lib',
  'shared',
]

describe('files', () => {
  it('have no default export, which every reader would name differently', () => {
    const loose = everything.filter(source => source.path !== 'vitest.config.ts' && /\bexport default\b/.test(source.code))
    expect(loose.map(source => source.path)).toEqual([])
  })

  it('are no barrels: what is needed is imported from where it is', () => {
    expect(everything.filter(source => /^\s*export\s+(type\s+)?[^;()=]*?\bfrom\s/m.test(source.code)).map(source => source.path)).toEqual(
      [],
    )
  })

  it('have a name that says what is inside', () => {
    const named = paths('{operator,images,test,bench}/**/*.{ts,py}').filter(path =>
      BANNED.includes(basename(path).replace(/(\.test)?\.\w+$/, '')),
    )
    // A Service of Kubernetes is called service.
    const services = paths('{operator,images,test}/**/service.ts').filter(path => !path.startsWith('operator/plan/'))
    expect([...named, ...services]).toEqual([])
  })

  it('have at most 300 lines', () => {
    const lines = (path: string): number => readFileSync(join(root, path), 'utf8').split('\n').length - 1
    const long = paths('{operator,images,test,bench}/**/*.{ts,py}').filter(
      path => path !== 'images/trainer/trainer/contract.py' && lines(path) > 300,
    )
    expect(long.map(path => `${path}: ${lines(path)}`)).toEqual([])
  })

  it('open with a sentence that says what they decide', () => {
    const silent = product.filter(source => !/^(#!.*\n)?(\/\/ .*\n)*\/\/ .*[.:]\n/.test(source.text))
    expect(silent.map(source => source.path)).toEqual([])
  })
})
