// Decides how the field paths of server-side apply (fieldsV1) are walked along a plain object, without knowing its schema.

/** A node of fieldsV1; an empty node stands for the whole value beneath it. */
export type Fields = { [step: string]: Fields }

export const isWhole = (node: Fields): boolean => Object.keys(node).length === 0

const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json) as unknown
  } catch {
    return undefined
  }
}

type Item = Record<string, unknown>

const isItem = (value: unknown): value is Item => typeof value === 'object' && value !== null

/** The keys of a `k:{"containerPort":8000,"protocol":"TCP"}` step. */
const keysOf = (step: string): Item | undefined => {
  const keys = step.startsWith('k:') ? parsed(step.slice(2)) : undefined
  return isItem(keys) ? keys : undefined
}

/** A list item is found by its keys; a key that the plan leaves to its default (a port's protocol) fits any value. */
const fits = (step: string, item: unknown): boolean => {
  if (step.startsWith('v:')) return parsed(step.slice(2)) === item
  const keys = keysOf(step)
  if (!keys || !isItem(item)) return false
  return Object.entries(keys).every(([name, value]) => item[name] === undefined || item[name] === value)
}

/** The item of a live list that stands for a wanted one: by the keys that the field paths use, else by its place. */
export const itemLike = (list: unknown, { item, at, nodes }: { item: unknown; at: number; nodes: Fields[] }): unknown => {
  if (!Array.isArray(list)) return undefined
  const keys = nodes.flatMap(node => Object.keys(node)).flatMap(step => keysOf(step) ?? [])[0]
  if (!keys || !isItem(item)) return list[at]
  const names = Object.keys(keys).filter(name => item[name] !== undefined)
  return list.find((live: unknown) => isItem(live) && names.every(name => live[name] === item[name]))
}

export const intoField = (nodes: Fields[], name: string): Fields[] => nodes.flatMap(node => node[`f:${name}`] ?? [])

export const intoItem = (nodes: Fields[], item: unknown, at: number): Fields[] =>
  nodes.flatMap(node => Object.entries(node).flatMap(([step, child]) => (step === `i:${at}` || fits(step, item) ? [child] : [])))

export const union = (a: Fields, b: Fields): Fields => {
  const merged: Fields = { ...a }
  for (const [step, child] of Object.entries(b)) {
    const own = merged[step]
    merged[step] = own === undefined ? child : union(own, child)
  }
  return merged
}

/** A copy that does not claim the field at a path such as `['spec', 'replicas']`. */
export const without = (node: Fields, path: string[]): Fields => {
  const [name, ...rest] = path
  const step = `f:${name}`
  const child = node[step]
  if (name === undefined || child === undefined) return node
  const { [step]: _, ...others } = node
  return rest.length === 0 ? others : { ...others, [step]: without(child, rest) }
}
