// Reads the manifests of a file: YAML or JSON, one or many.
import { loadYaml } from '@kubernetes/client-node'
import { UsageError } from './failure.ts'
import { read } from './file.ts'

/** As a person wrote it: nothing about the shape of its spec is certain. */
export interface Manifest {
  apiVersion: string | undefined
  kind: string | undefined
  name: string | undefined
  namespace: string | undefined
  spec: unknown
}

interface Raw {
  apiVersion?: unknown
  kind?: unknown
  metadata?: { name?: unknown; namespace?: unknown } | null
  spec?: unknown
}

export interface Place {
  file: string
  /** The word for the file in the usage. */
  from: string
}

export const manifestsOf = ({ file, from }: Place): Manifest[] => {
  const text = read(file, from)
  try {
    return documents(text).map(each => manifestOf(loadYaml<Raw>(each)))
  } catch (error) {
    throw new UsageError(`${from} is ${file}, which is no YAML: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`)
  }
}

const manifestOf = ({ apiVersion, kind, metadata, spec }: Raw): Manifest => ({
  apiVersion: textOf(apiVersion),
  kind: textOf(kind),
  name: textOf(metadata?.name),
  namespace: textOf(metadata?.namespace),
  spec,
})

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** The library stumbles over a document without content, such as a template leaves behind. */
const documents = (text: string): string[] =>
  text.split(/^---(?=\s|$)/m).filter(each => each.split('\n').some(line => !/^\s*(#.*)?$/.test(line)))

/** The only manifest of a kind. */
export const onlyOne = (kind: string, place: Place): Manifest => {
  const one = mostOne(kind, manifestsOf(place), place)
  if (one) return one
  throw new UsageError(`${place.from} is ${place.file}, which holds no ${kind}: give the manifest of one`)
}

/** Undefined when there is none; nobody can tell which of several is meant. */
export const mostOne = (kind: string, manifests: readonly Manifest[], place: Place): Manifest | undefined => {
  const found = manifests.filter(each => each.kind === kind)
  if (found.length < 2) return found[0]
  const names = found.map(({ name }) => name ?? '?').join(', ')
  throw new UsageError(
    `${place.from} is ${place.file}, which holds ${found.length} of kind ${kind} (${names}): give a file with one of them`,
  )
}
