// Decides which files of a context an image is made from: those that its Dockerfile copies and .dockerignore lets through.
import { existsSync, globSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, normalize, relative } from 'node:path'

/** The paths, relative to the context, of every file that goes into the image. */
export function sourceFiles(dockerfile: string, context: string): string[] {
  const ignored = ignoreRules(join(context, '.dockerignore'))
  const found = copiedPaths(readFileSync(dockerfile, 'utf8')).flatMap(path => filesAt(context, path))
  return [...new Set(found)].filter(path => !ignored(path)).sort()
}

/** What the COPY and ADD instructions of a Dockerfile name, other than from another stage. */
export function copiedPaths(dockerfile: string): string[] {
  const joined = dockerfile.replaceAll(/^\s*#.*\n/gm, '').replaceAll(/\\\s*\n/g, ' ')
  const instructions = joined.split('\n').filter(line => /^\s*(COPY|ADD)\s/i.test(line) && !/\s--from=/.test(line))
  return instructions.flatMap(line => {
    const operands = line
      .trim()
      .replace(/^\S+\s+/, '')
      .replaceAll(/--\S+\s+/g, '')
    const words = operands.startsWith('[') ? (JSON.parse(operands) as string[]) : operands.split(/\s+/)
    return words.slice(0, -1).map(path => normalize(path).replace(/^\/+/, '').replace(/\/$/, ''))
  })
}

/** Whether a path is left out, by the rules of a .dockerignore: the last rule that matches counts. */
function ignoreRules(file: string): (path: string) => boolean {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const lines = text.split('\n').map(line => line.trim())
  const rules = lines
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(line => ({ out: !line.startsWith('!'), pattern: pattern(line.replace(/^!/, '').replace(/^\/+/, '').replace(/\/+$/, '')) }))
  return path => rules.findLast(rule => rule.pattern.test(path))?.out ?? false
}

// Names that begin with a dot are names like any other here, which the globs of Node see differently.
function pattern(glob: string): RegExp {
  const parts = glob.split(/(\*\*\/|\*\*|\*|\?)/).map(part => WILDCARDS[part] ?? part.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('')}(/.*)?$`)
}

const WILDCARDS: Record<string, string> = { '**/': '(.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' }

function filesAt(context: string, pattern: string): string[] {
  const isPlain = existsSync(join(context, pattern))
  const tops = isPlain ? [pattern] : globSync(pattern, { cwd: context })
  return tops.flatMap(top => {
    if (!statSync(join(context, top)).isDirectory()) return [top]
    const below = readdirSync(join(context, top), { recursive: true, withFileTypes: true })
    return below.filter(entry => !entry.isDirectory()).map(entry => relative(context, join(entry.parentPath, entry.name)))
  })
}
