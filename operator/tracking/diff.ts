// Which calls turn what a tracking server shows into what it should show; none when they are equal.
import type { Wanted, WantedVersion } from './mirror.ts'
import type { Exchange } from './request.ts'
import type { Seen, SeenVersion } from './seen.ts'
import { OURS, tag } from './tags.ts'

export interface Call extends Exchange {
  method: 'POST' | 'DELETE'
  body: object
  /** Asked for instead when the server refuses the body. */
  otherwise?: object
  /** Failing is no failure: the server may not know the call any more. */
  bestEffort?: true
}

/** What is created gets its number from the server, so the rest follows when that is seen. `stages`: whether MLflow's own stages are moved, too. */
export const diff = (wanted: Wanted, seen: Seen | undefined, stages: boolean): Call[] => {
  if (!seen && wanted.versions.length === 0) return []
  const found = seen?.versions ?? []
  const missing = wanted.versions.filter(({ uid }) => !found.some(version => version.tags[tag.uid] === uid))
  const creations = [...(seen ? [] : [createModel(wanted)]), ...missing.map(version => createVersion(wanted.name, version))]
  if (!seen || creations.length > 0) return creations
  const matched = matchedVersions(wanted, seen)
  return [
    ...staleAliases(wanted, seen),
    ...modelTags(wanted, seen),
    ...found.flatMap(version => versionTags(wanted, version, matched)),
    ...newAliases(wanted, seen, matched),
    ...(stages ? transitions(wanted, matched) : []),
  ]
}

const pairs = (tags: Record<string, string>) => Object.entries(tags).map(([key, value]) => ({ key, value }))

const createModel = ({ name, tags }: Wanted): Call => ({
  method: 'POST',
  path: 'registered-models/create',
  body: { name, description: 'Kept by Tidegate; what is changed here is changed back.', tags: pairs(tags) },
})

/** A server that does not know the run takes the version without it. */
const createVersion = (name: string, { source, description, tags }: WantedVersion): Call => {
  const plain = { name, source: source.uri, description, tags: pairs(tags) }
  const { runId } = source
  const body = runId === undefined ? plain : { ...plain, source: `runs:/${runId}/model`, run_id: runId }
  return { method: 'POST', path: 'model-versions/create', body, ...(runId !== undefined && { otherwise: plain }) }
}

/** The version of the server for each uid. Two of one uid come from a creation whose answer was lost: the first counts. */
const matchedVersions = (wanted: Wanted, { versions }: Seen): Map<string, SeenVersion> =>
  new Map(
    wanted.versions.flatMap(({ uid }) => {
      const [first] = versions.filter(version => version.tags[tag.uid] === uid).toSorted((a, b) => Number(a.version) - Number(b.version))
      return first ? [[uid, first] as const] : []
    }),
  )

const staleAliases = (wanted: Wanted, { tags, aliases }: Seen): Call[] => {
  const ours = new Set([...(tags[tag.aliases] ?? '').split(','), ...(wanted.tags[tag.aliases] ?? '').split(',')])
  return Object.keys(aliases)
    .filter(alias => ours.has(alias) && wanted.aliases[alias] === undefined)
    .map(alias => ({ method: 'DELETE', path: 'registered-models/alias', body: { name: wanted.name, alias } }))
}

/** Before the aliases themselves: the list must name an alias as long as it may exist. */
const modelTags = ({ name, tags }: Wanted, seen: Seen): Call[] =>
  pairs(tags)
    .filter(({ key, value }) => seen.tags[key] !== value)
    .map(each => ({ method: 'POST', path: 'registered-models/set-tag', body: { name, ...each } }))

const versionTags = ({ name, versions }: Wanted, seen: SeenVersion, matched: Map<string, SeenVersion>): Call[] => {
  const { version, tags } = seen
  const uid = tags[tag.uid]
  if (uid === undefined) return []
  const wanted = matched.get(uid) === seen ? versions.find(each => each.uid === uid) : undefined
  const should = wanted?.tags ?? { ...tags, [tag.stage]: matched.has(uid) ? 'Duplicate' : 'Deleted' }
  const stale = Object.keys(tags).filter(key => key.startsWith(OURS) && should[key] === undefined)
  return [
    ...pairs(should)
      .filter(({ key, value }) => tags[key] !== value)
      .map((each): Call => ({ method: 'POST', path: 'model-versions/set-tag', body: { name, version, ...each } })),
    ...stale.map((key): Call => ({ method: 'DELETE', path: 'model-versions/delete-tag', body: { name, version, key } })),
  ]
}

/** Setting moves: there is no moment without a champion. */
const newAliases = ({ name, aliases }: Wanted, seen: Seen, matched: Map<string, SeenVersion>): Call[] =>
  Object.entries(aliases).flatMap(([alias, uid]) => {
    const version = matched.get(uid)?.version
    if (version === undefined || seen.aliases[alias] === version) return []
    return [{ method: 'POST', path: 'registered-models/alias', body: { name, alias, version } }]
  })

const transitions = ({ name, versions }: Wanted, matched: Map<string, SeenVersion>): Call[] =>
  versions.flatMap(({ uid, stage }) => {
    const seen = matched.get(uid)
    if (!seen || seen.stage === stage) return []
    const body = { name, version: seen.version, stage, archive_existing_versions: false }
    return [{ method: 'POST', path: 'model-versions/transition-stage', body, bestEffort: true }]
  })
