// Where moves go that are too old for the status: into a chain of immutable ConfigMaps, each with the hash of all before it.
import { label } from '../../api/contract.ts'
import { type Model, type Move, Moves } from '../../api/model.ts'
import { validateJson } from '../../api/validate.ts'
import type { Child, KubeObject } from '../../runtime/shape.ts'
import { sha256 } from '../sha256.ts'
import type { Registry } from './registry.ts'

/** The status keeps at least so many. */
const KEPT = 100
/** Never changed: with it, every move has a number for ever. */
export const MOVES_A_LINK = 50
/** No ConfigMap holds more. */
const MOST_CHARACTERS = 1_048_576

interface Link {
  /** From 1. */
  number: number
  /** The oldest first. */
  moves: readonly Move[]
  /** Of the link before; empty for the first. */
  previous: string
  hash: string
}

/** The moves that are due to leave the status, as the next link of the chain. */
const nextLink = ({ history, ledger }: Registry): Link | undefined => {
  if (history.length < KEPT + MOVES_A_LINK) return undefined
  const moves = history.slice(-MOVES_A_LINK).toReversed()
  const previous = ledger?.hash ?? ''
  return { number: (ledger?.links ?? 0) + 1, moves, previous, hash: hashOf(previous, moves) }
}

/** Over the moves and everything before them. */
export const hashOf = (previous: string, moves: readonly Move[]): string => sealOf(previous, written(moves))

const sealOf = (previous: string, text: string): string => sha256(`${previous}\n${text}`)

/** The API server sorts the fields of what it keeps, so the same move must read the same before and after. */
const written = (moves: readonly Move[]): string =>
  JSON.stringify(moves.map(move => Object.fromEntries(Object.entries(move).toSorted(([a], [b]) => (a < b ? -1 : 1)))))

/** How many moves the ledger has, of which the first is number 1. */
export const countOf = ({ history, ledger }: Pick<Registry, 'history' | 'ledger'>): number =>
  (ledger?.links ?? 0) * MOVES_A_LINK + history.length

export const linkName = ({ metadata }: Model, number: number): string => `${metadata.name}-${metadata.uid.slice(0, 8)}-ledger-${number}`

/** Made before the moves leave the status; without an owner, so that the ledger outlives the Model. */
export const linkChildren = (model: Model, registry: Registry): Child[] => {
  const link = nextLink(registry)
  if (!link) return []
  const { number, moves, previous, hash } = link
  const labels = { [label.managedBy]: 'tidegate', [label.ledger]: model.metadata.name, [label.ledgerHash]: hash.slice(0, 40) }
  const metadata = { name: linkName(model, number), namespace: model.metadata.namespace, labels }
  const data = { previous, hash, moves: written(moves) }
  return [{ mode: 'create', object: { apiVersion: 'v1', kind: 'ConfigMap', metadata, immutable: true, data } }]
}

/** The moves leave the status when the link that carries them is seen. */
export const shortened = (model: Model, registry: Registry, seen: readonly KubeObject[]): Registry => {
  const link = nextLink(registry)
  const made = link && seen.find(({ metadata }) => metadata.name === linkName(model, link.number))
  if (!link || dataOf(made)?.['hash'] !== link.hash) return registry
  return { ...registry, history: registry.history.slice(0, -MOVES_A_LINK), ledger: { links: link.number, hash: link.hash } }
}

/** What a link holds, the oldest first; undefined when there is none, or when it was changed. */
export const movesOf = (link: KubeObject | undefined): Move[] | undefined => {
  const { previous = '', hash, moves = '' } = dataOf(link) ?? {}
  if (sealOf(previous, moves) !== hash) return undefined
  const read = validateJson(Moves, moves, MOST_CHARACTERS)
  return 'value' in read ? read.value : undefined
}

export const dataOf = (configMap: KubeObject | undefined): Record<string, string> | undefined =>
  configMap?.['data'] as Record<string, string> | undefined
