// Reads the TypeScript sources of the repository and who imports whom, for the tests that hold the architecture.
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

export const root = join(import.meta.dirname, '..')

export interface Import {
  /** Path from the root of the repository, or the name of a package, or `node:…`. */
  target: string
  /** Erased at run time: nothing of the target is loaded. */
  typeOnly: boolean
}

export interface Source {
  path: string
  text: string
  /** The text without comments and without the insides of strings. */
  code: string
  imports: Import[]
}

export const isTest = (path: string): boolean => path.endsWith('.test.ts') || path.startsWith('test/')

/** Paths from the root, without what was installed or built. */
export const paths = (...patterns: string[]): string[] =>
  globSync(patterns, { cwd: root, exclude: path => /(^|\/)(node_modules|\.venv|dist|\.git)(\/|$)/.test(path) }).toSorted()

export const sources = (...patterns: string[]): Source[] => paths(...patterns).map(source)

const source = (path: string): Source => {
  const text = readFileSync(join(root, path), 'utf8')
  return { path, text, code: withoutWords(text), imports: [...importsOf(path, text)] }
}

const IMPORT = /^\s*(?:import|export)\s+(type\s+)?[^'"`;=()]*?\bfrom\s+'([^']+)'|^\s*import\s+'([^']+)'|\bimport\('([^']+)'\)/gm

function* importsOf(path: string, text: string): Generator<Import> {
  for (const [, type, named, bare, dynamic] of text.matchAll(IMPORT)) {
    const written = named ?? bare ?? dynamic ?? ''
    yield { target: resolved(path, written), typeOnly: type !== undefined }
  }
}

const resolved = (from: string, written: string): string =>
  written.startsWith('.') ? normalize(join(dirname(from), written)) : packageName(written)

const packageName = (written: string): string =>
  written.startsWith('node:')
    ? written
    : written
        .split('/')
        .slice(0, written.startsWith('@') ? 2 : 1)
        .join('/')

/** Strings come first, so that a `//` inside one does not start a comment; what stands in `${}` goes, too. */
const withoutWords = (text: string): string =>
  text.replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, word =>
    word.startsWith('/') ? '' : "''",
  )

/** Who can be reached from whom, as a chain that ends where it began; undefined when there is no such chain. */
export const findCycle = (all: readonly Source[]): string[] | undefined => {
  const byPath = new Map(all.map(one => [one.path, one]))
  const done = new Set<string>()
  const visit = (path: string, above: string[]): string[] | undefined => {
    if (above.includes(path)) return [...above.slice(above.indexOf(path)), path]
    if (done.has(path)) return undefined
    done.add(path)
    for (const { target } of byPath.get(path)?.imports ?? []) {
      const found = visit(target, [...above, path])
      if (found) return found
    }
    return undefined
  }
  return all.map(one => visit(one.path, [])).find(found => found !== undefined)
}
