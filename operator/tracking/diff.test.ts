import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Call, diff } from './diff.ts'
import type { Wanted } from './mirror.ts'
import type { Seen } from './seen.ts'

interface Body {
  alias: string
  version: string
  key: string
  value: string
  stage: string
  tags: { key: string; value: string }[]
}

const record = (tags: { key: string; value: string }[]) => Object.fromEntries(tags.map(({ key, value }) => [key, value]))

const without = (tags: Record<string, string>, key: string): Record<string, string> =>
  Object.fromEntries(Object.entries(tags).filter(([each]) => each !== key))

/** What such a call does to a registry; a real server is asked in test/tracking. */
const after = (seen: Seen | undefined, { path, method, body }: Call): Seen => {
  const { alias, version, key, value, stage, tags } = body as Body
  if (path === 'registered-models/create') return { tags: record(tags), aliases: {}, versions: [] }
  if (!seen) throw new Error(`${path} before there is a model`)
  const { aliases, versions } = seen
  const tagged = (own: Record<string, string>) => (method === 'POST' ? { ...own, [key]: value } : without(own, key))
  switch (path) {
    case 'model-versions/create':
      return { ...seen, versions: [...versions, { version: String(versions.length + 1), stage: 'None', tags: record(tags) }] }
    case 'registered-models/set-tag':
      return { ...seen, tags: tagged(seen.tags) }
    case 'registered-models/alias':
      return { ...seen, aliases: method === 'POST' ? { ...aliases, [alias]: version } : without(aliases, alias) }
    default:
      return {
        ...seen,
        versions: versions.map(one => {
          if (one.version !== version) return one
          return path === 'model-versions/transition-stage' ? { ...one, stage } : { ...one, tags: tagged(one.tags) }
        }),
      }
  }
}

const wanted = (over: Partial<Wanted> = {}, uids: string[] = ['a']): Wanted => ({
  name: 'ns.iris',
  tags: { 'tidegate.managed': 'true', 'tidegate.aliases': 'champion,production' },
  aliases: { champion: 'a' },
  versions: uids.map(uid => ({
    uid,
    source: { uri: `tidegate://${uid}` },
    description: uid,
    tags: { 'tidegate.uid': uid, 'tidegate.stage': 'None' },
    stage: 'None',
  })),
  ...over,
})

const settle = (want: Wanted, start: Seen | undefined, stages = false): { seen: Seen | undefined; rounds: number } => {
  let seen = start
  for (let rounds = 1; rounds < 10; rounds++) {
    const calls = diff(want, seen, stages)
    if (calls.length === 0) return { seen, rounds }
    for (const call of calls) seen = after(seen, call)
  }
  throw new Error('never equal')
}

const settled = (want: Wanted, start?: Seen): Seen => settle(want, start).seen as Seen

describe('the difference between what is wanted and what is seen', () => {
  it('is nothing for a model that never had a version', () => {
    expect(diff(wanted({ versions: [] }), undefined, false)).toEqual([])
  })

  it('is a model and its versions first, and in the next round what needs their numbers', () => {
    const first = diff(wanted({}, ['a', 'b']), undefined, false)
    expect(first.map(({ path }) => path)).toEqual(['registered-models/create', 'model-versions/create', 'model-versions/create'])
    const { seen, rounds } = settle(wanted({}, ['a', 'b']), undefined)
    expect(rounds).toBe(3)
    expect(seen?.aliases).toEqual({ champion: '1' })
  })

  it('is nothing the second time', () => {
    expect(diff(wanted(), settled(wanted()), true)).toEqual([])
  })

  it('finds a version by its uid, whatever its number there', () => {
    const seen = settled(wanted({}, ['x', 'y', 'a']))
    expect(
      diff(wanted({ aliases: { champion: 'a' } }, ['a']), seen, false).filter(({ path }) => path === 'registered-models/alias'),
    ).toEqual([])
    expect(seen.aliases).toEqual({ champion: '3' })
  })

  it('moves an alias by setting it, never by taking it away first', () => {
    const seen = settled(wanted({}, ['a', 'b']))
    expect(diff(wanted({ aliases: { champion: 'b' } }, ['a', 'b']), seen, false)).toEqual([
      { method: 'POST', path: 'registered-models/alias', body: { name: 'ns.iris', alias: 'champion', version: '2' } },
    ])
  })

  it('takes away an alias of ours that stands for nothing, and leaves those of people', () => {
    const seen = { ...settled(wanted()), aliases: { champion: '1', production: '1', favourite: '1' } }
    expect(settled(wanted(), seen).aliases).toEqual({ champion: '1', favourite: '1' })
  })

  it('takes away the alias of a stage that left the ladder, though the new ladder does not know it', () => {
    const seen = { ...settled(wanted()), aliases: { champion: '1', production: '1' } }
    const shorter = wanted({ tags: { 'tidegate.managed': 'true', 'tidegate.aliases': 'champion' } })
    expect(settled(shorter, seen).aliases).toEqual({ champion: '1' })
  })

  it('leaves tags of people alone, and takes away those of ours that say nothing any more', () => {
    const seen = settled(wanted())
    seen.versions[0] = { version: '1', stage: 'None', tags: { ...seen.versions[0]?.tags, note: 'mine', 'tidegate.old': 'x' } }
    expect(settled(wanted(), seen).versions[0]?.tags).toEqual({ 'tidegate.uid': 'a', 'tidegate.stage': 'None', note: 'mine' })
  })

  it('marks a version that Kubernetes lost, once, and deletes nothing', () => {
    const { seen } = settle(wanted({ aliases: {}, versions: [] }), settled(wanted()))
    expect(seen?.versions[0]?.tags).toMatchObject({ 'tidegate.uid': 'a', 'tidegate.stage': 'Deleted' })
    expect(seen?.aliases).toEqual({})
  })

  it('counts the first of two versions of one uid, and marks the second', () => {
    const once = settled(wanted())
    const twice = {
      ...once,
      versions: [{ version: '2', stage: 'None', tags: { 'tidegate.uid': 'a', 'tidegate.stage': 'None' } }, ...once.versions],
    }
    const seen = settled(wanted(), twice)
    expect(seen.versions.map(({ version, tags }) => [version, tags['tidegate.stage']])).toEqual([
      ['2', 'Duplicate'],
      ['1', 'None'],
    ])
  })

  it('leaves versions of people alone', () => {
    const seen = { ...settled(wanted()), versions: [...settled(wanted()).versions, { version: '2', stage: 'None', tags: { a: 'b' } }] }
    expect(diff(wanted(), seen, true)).toEqual([])
  })

  it('gives a version with a run that run, and says how to do without it', () => {
    const [version] = wanted().versions as [Wanted['versions'][0]]
    const logged = { ...version, source: { uri: 'tidegate://a', runId: 'r1' } }
    const [, call] = diff(wanted({ versions: [logged] }), undefined, false)
    expect(call).toMatchObject({ body: { source: 'runs:/r1/model', run_id: 'r1' }, otherwise: { source: 'tidegate://a' } })
  })

  it('moves stages only when asked, and calls that a best effort', () => {
    const [version] = wanted().versions as [Wanted['versions'][0]]
    const produced = wanted({ versions: [{ ...version, stage: 'Production' }] })
    const { seen } = settle(produced, undefined)
    expect(diff(produced, seen, false)).toEqual([])
    expect(diff(produced, seen, true)).toMatchObject([{ bestEffort: true, body: { version: '1', stage: 'Production' } }])
  })
})

describe('whatever is wanted after whatever was seen', () => {
  const uid = fc.constantFrom('a', 'b', 'c', 'd')
  const wish = fc
    .record({
      uids: fc.uniqueArray(uid, { maxLength: 4 }),
      aliases: fc.dictionary(fc.constantFrom('champion', 'challenger', 'staging'), uid, { maxKeys: 3 }),
      listed: fc.subarray(['challenger', 'champion', 'staging']),
      stage: fc.constantFrom('None', 'Staging'),
    })
    .map(({ uids, aliases, listed, stage }) => {
      const want = wanted({ tags: { 'tidegate.managed': 'true', 'tidegate.aliases': listed.join(',') } }, uids)
      return {
        ...want,
        aliases: Object.fromEntries(Object.entries(aliases).filter(([alias, to]) => listed.includes(alias) && uids.includes(to))),
        versions: want.versions.map(each => ({ ...each, tags: { ...each.tags, 'tidegate.stage': stage } })),
      }
    })

  it('equality comes within three rounds, also after calls that were cut off, and no alias of ours is left behind', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(wish, fc.nat(6)), { minLength: 1, maxLength: 6 }), steps => {
        let seen: Seen | undefined
        for (const [want, cut] of steps) for (const call of diff(want, seen, false).slice(0, cut)) seen = after(seen, call)
        const [last] = steps.at(-1) as [Wanted, number]
        const { seen: end, rounds } = settle(last, seen)
        expect(rounds).toBeLessThanOrEqual(4)
        if (!end) return
        const numbers = new Map(end.versions.map(({ version, tags }) => [version, tags['tidegate.uid']]))
        expect(Object.fromEntries(Object.entries(end.aliases).map(([alias, number]) => [alias, numbers.get(number)]))).toEqual(last.aliases)
      }),
      { numRuns: 500 },
    )
  })
})
