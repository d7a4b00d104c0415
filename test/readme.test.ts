import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { read } from './documents.ts'
import { paths, root } from './sources.ts'

interface Manifest {
  license?: string
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

const manifest = (path: string): Manifest => JSON.parse(read(path)) as Manifest

const fromNpm = ['package.json', ...paths('operator/package.json', 'images/*/package.json')].flatMap(path => {
  const { dependencies, devDependencies, optionalDependencies } = manifest(path)
  return Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies })
})

const foundIn = (path: string, pattern: RegExp): string[] => [...read(path).matchAll(pattern)].map(([, name = '']) => name)

const fromPyPI = [
  ...paths('images/*/requirements*.in', 'bench/**/requirements.in').flatMap(path => foundIn(path, /^([a-z][\w-]*)/gm)),
  ...paths('images/*/Dockerfile').flatMap(path => foundIn(path, /([a-z][\w-]*)==[\d.]+ --hash/g)),
]

/** The modules of the programs that are built, and what our own programs require. */
const fromGo = paths('test/cluster/binaries/**/go.mod').flatMap(path => {
  const found = (pattern: RegExp): string[] => foundIn(path, pattern)
  const modules = found(/^\s*(?:require )?([\w.-]+\.[\w./-]+) v\S+/gm).toSorted((a, b) => b.length - a.length)
  const programs = found(/^(?:tool )?\s*([\w.-]+\.[\w-]+\/[\w./-]+)$/gm)
  const moduleOf = (program: string): string => modules.find(module => program === module || program.startsWith(`${module}/`)) ?? program
  return [...programs.map(moduleOf), ...found(/^require (\S+) v/gm)]
})

/** What is fetched to be read, and not built. */
const readFromGo = foundIn('test/integration/gitops/applicationdefinition.ts', /^const MODULE = '([^@']+)@/gm)

const [, section = ''] = read('README.md').split('\n## Dependencies\n')
const rows = new Map([...section.matchAll(/^\| `([^`]+)` \| ([^|]+) \| \S/gm)].map(([, name = '', licence = '']) => [name, licence.trim()]))

describe('the dependency table of the README', () => {
  it('has a row for each direct dependency and no other', () => {
    const used = new Set([...fromNpm, ...fromPyPI, ...fromGo, ...readFromGo])
    expect([...rows.keys()].toSorted()).toEqual([...used].toSorted())
  })

  it('has the licence that each package declares', () => {
    const declared = fromNpm.map(name => [name, manifest(`node_modules/${name}/package.json`).license])
    expect(fromNpm.map(name => [name, rows.get(name)])).toEqual(declared)
  })
})

describe('the pages', () => {
  const pages = paths('*.md', 'docs/{guide,decisions}/*.md', 'docs/*.md', 'examples/**/*.md', 'charts/**/*.md', 'images/**/*.md')

  it.each(pages)('%s has no link that leads nowhere', page => {
    const links = [...read(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
      .map(([, link = '']) => link)
      .filter(link => !/^https?:/.test(link))
    expect(links.filter(link => !existsSync(join(root, dirname(page), link)))).toEqual([])
  })

  it('name only npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    const named = pages.flatMap(page => [...read(page).matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name))
    expect(named.filter(name => !scripts[name])).toEqual([])
  })
})
