import { describe, expect, it } from 'vitest'
import type { Model, ModelSpec, ModelStatus, Move } from '../api/model.ts'
import type { ModelVersion } from '../api/modelversion.ts'
import { linkName } from '../plan/model/ledger.ts'
import { plan } from '../plan/model/plan.ts'
import { nothingElse, sampleModel, sampleVersion, start } from '../plan/model/sampleworld.ts'
import type { KubeObject } from '../runtime/shape.ts'
import { readLedger } from './ledger.ts'

const spec: ModelSpec = {
  stages: [
    { name: 'Staging', automatic: true },
    { name: 'Production', automatic: true },
  ],
}

interface Kept {
  status: ModelStatus | undefined
  configMaps: KubeObject[]
}

/** As the API server answers: every field in the order of the alphabet. */
const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(fields.map(([name, inner]) => [name, sorted(inner)]))
}

/** One pass; what it makes is there in the next one. */
const pass = ({ status, configMaps }: Kept, versions: ModelVersion[]): Kept => {
  const planned = plan({
    object: sampleModel(spec, status),
    versions,
    decisions: [],
    ...nothingElse,
    ledger: configMaps,
    now: start,
  })
  const made = planned.apply
    .map(({ object }) => object)
    .filter(({ metadata }) => !configMaps.some(each => each.metadata.name === metadata.name))
  return { status: sorted(planned.status) as ModelStatus, configMaps: [...configMaps, ...made] }
}

const untilQuiet = (kept: Kept, versions: ModelVersion[]): Kept => {
  const next = pass(kept, versions)
  return JSON.stringify(next) === JSON.stringify(kept) ? kept : untilQuiet(next, versions)
}

const modelOf = ({ status }: Kept): Model => sampleModel(spec, status)

const versions = Array.from({ length: 150 }, (_, index) => sampleVersion(index + 1, 0.9))

/** Each version enters Staging and Production, and all but the last are replaced. */
const expected = 150 * 3 - 1

const allMoves = (kept: Kept): Move[] => {
  const read = readLedger(modelOf(kept), kept.configMaps)
  if ('broken' in read) throw new Error(read.broken)
  return [...read.moves, ...(kept.status?.history ?? []).toReversed()]
}

const told = ({ version, from, to }: Move) => `${version}: ${from} → ${to}`

describe('the ledger', () => {
  const one = versions.reduce((kept, _, index) => untilQuiet(kept, versions.slice(0, index + 1)), {
    status: undefined,
    configMaps: [],
  } as Kept)

  it('keeps every move in order, the last hundred and more in the status, the rest in links of fifty', () => {
    const moves = allMoves(one)
    expect(moves).toHaveLength(expected)
    expect(new Set(moves.map(told)).size).toBe(expected)
    expect(one.status?.history?.length).toBeGreaterThanOrEqual(100)
    expect(one.status?.history?.length).toBeLessThan(150)
    expect(one.configMaps).toHaveLength(6)
    expect(one.configMaps[0]).toMatchObject({ immutable: true, metadata: { name: linkName(modelOf(one), 1) } })
  })

  it('loses no move when a hundred and fifty versions come at once', () => {
    const kept = untilQuiet({ status: undefined, configMaps: [] }, versions)
    expect(allMoves(kept).map(told).toSorted()).toEqual(allMoves(one).map(told).toSorted())
  })

  it('keeps a move in the status until the link that carries it is seen', () => {
    const before = { status: one.status, configMaps: one.configMaps.slice(0, 5) }
    const history = [...(one.status?.history ?? [])]
    const status = { ...one.status, history: [...history, ...history].slice(0, 160) } as ModelStatus
    const blind = plan({
      object: sampleModel(spec, status),
      versions,
      decisions: [],
      ...nothingElse,
      ledger: before.configMaps,
      now: start,
    })
    expect((blind.status as ModelStatus).history).toHaveLength(160)
    expect(blind.apply).toHaveLength(1)
  })

  it('says which link is missing, was changed, or does not belong to this Model', () => {
    const changed = one.configMaps.map((each, index) =>
      index === 2 ? { ...each, data: { ...(each['data'] as object), moves: JSON.stringify([]) } } : each,
    )
    expect(readLedger(modelOf(one), changed)).toEqual({
      broken: `ConfigMap ${linkName(modelOf(one), 3)} was changed: its hash does not fit its moves and those before it`,
    })
    const missing = one.configMaps.filter((_, index) => index !== 4)
    expect(readLedger(modelOf(one), missing)).toEqual({ broken: `ConfigMap ${linkName(modelOf(one), 5)} is missing, link 5 of 6` })
    const other = sampleModel(spec, { ...one.status, ledger: { links: 6, hash: '0'.repeat(64) } } as ModelStatus)
    expect(readLedger(other, one.configMaps)).toMatchObject({ broken: expect.stringMatching(/^the last link has hash/) })
  })
})
