// Decides in which fields two states differ, and which of them may: those in which two runs without faults differ, too.
import type { Json } from './normalobject.ts'
import type { State } from './state.ts'

/** `Job/iris-run-1 status.ready`, and so on. */
export type Mask = ReadonlySet<string>

/** By path, such as `InferenceService/iris status.conditions[Ready].reason`. */
type Leaves = Map<string, string>

/**
 * What differs between two runs without faults.
 * Throws when that is something by which the end of a scenario is known: then the runs had not come to rest, and a mask would hide bugs.
 */
export const maskOf = (one: State, other: State): Mask => {
  const paths = pathsThatDiffer(leavesOf(one), leavesOf(other))
  const telling = paths.filter(path => !path.includes(' ') || TELLING.test(path))
  if (telling.length > 0)
    throw new Error(
      `two runs without faults differ in what must be equal: wait until both have come to rest\n${difference(one, other).join('\n')}`,
    )
  return new Set(paths)
}

/** Fields of specs and of conditions, and what is counted. */
const TELLING =
  /^((TrainingJob|Model|ModelVersion|InferenceService)\/\S+ (spec\.|status\.conditions\[\w+\]\.(status|reason)$)|(Pods|ReplicaSets)\()/

/** One line for each field, with both values; a whole object that one side lacks is one line. */
export const difference = (reference: State, seen: State, mask: Mask = new Set()): string[] => {
  const [wanted, had] = [leavesOf(reference), leavesOf(seen)]
  return pathsThatDiffer(wanted, had)
    .filter(path => !mask.has(path))
    .map(path => `${path}: ${wanted.get(path) ?? 'nothing'} in the reference, ${had.get(path) ?? 'nothing'} now`)
}

/** Of an object that only one side has, its fields say nothing more. */
const pathsThatDiffer = (one: Leaves, other: Leaves): string[] =>
  [...new Set([...one.keys(), ...other.keys()])]
    .filter(path => one.get(path) !== other.get(path))
    .filter(path => !path.includes(' ') || (one.has(objectOf(path)) && other.has(objectOf(path))))
    .toSorted()

const objectOf = (path: string): string => path.slice(0, path.indexOf(' '))

const leavesOf = (state: State): Leaves => {
  const leaves: Leaves = new Map()
  for (const [name, content] of Object.entries(state)) {
    leaves.set(name, 'the object')
    for (const [path, value] of flat(content)) leaves.set(`${name} ${path}`, value)
  }
  return leaves
}

function* flat(value: Json, path = ''): Generator<[string, string]> {
  const inner = entriesOf(value)
  if (inner.length === 0) yield [path, JSON.stringify(value)]
  for (const [name, each, isItem] of inner) {
    const step = isItem ? `[${name}]` : `${path === '' ? '' : '.'}${name}`
    yield* flat(each, `${path}${step}`)
  }
}

/** Items of a list are known by what names them, wherever there is such a field: their order may be anybody's. */
const entriesOf = (value: Json): [name: string, value: Json, isItem: boolean][] => {
  if (value === null || typeof value !== 'object') return []
  if (!Array.isArray(value)) return Object.entries(value).map(([name, each]) => [name.replaceAll(' ', '_'), each, false])
  const names = KEYS.map(field => value.map(item => nameIn(item, field))).find(isUnique)
  return value.map((item, index) => [names?.[index] ?? String(index), item, true])
}

const KEYS = ['type', 'name', 'number', 'version']

const nameIn = (item: Json, field: string): string | undefined => {
  const name = item !== null && typeof item === 'object' && !Array.isArray(item) ? item[field] : undefined
  return typeof name === 'string' || typeof name === 'number' ? String(name) : undefined
}

const isUnique = (names: readonly (string | undefined)[]): boolean => !names.includes(undefined) && new Set(names).size === names.length
