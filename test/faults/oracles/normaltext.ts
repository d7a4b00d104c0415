// Decides how a text reads that is to be compared between two runs: without namespace, uids, times, addresses and generated names.

/** What is known about the names of one run. */
export interface Known {
  namespace: string
  /** Names of objects by their uid, such as `Job/iris-run-1`. */
  uids: ReadonlyMap<string, string>
  /** Names that get suffixes from Kubernetes: those of Deployments and Jobs. */
  generators: readonly string[]
  /** Digests of bundles by the object that they belong to. */
  digests: ReadonlyMap<string, string>
}

const UID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g
const TIME = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+\d\d:\d\d)/g
const ADDRESS = /\b\d{1,3}(\.\d{1,3}){3}\b/g
const DIGEST = /\bsha256:[0-9a-f]{64}\b/g
/** Only in sentences: `requestTimeout: 10s` is a value. */
const DURATION = /\b\d+(\.\d+)? ?(ms|s|m|min|h|seconds?|minutes?|hours?)\b/g

/** A namespace is a word of its own, and must be one that no sentence holds: `a` would be found everywhere. */
export const withoutNamespace = (text: string, namespace: string): string =>
  namespace === '' ? text : text.replaceAll(word(namespace), 'NAMESPACE')

/** Uids that nobody knows are numbered from 1 as they appear, so `unknown` belongs to one object. */
export const normalText = (text: string, known: Known, unknown: Map<string, string>): string =>
  generated(withoutNamespace(text, known.namespace), known.generators)
    .replaceAll(UID, uid => symbol(uid, known.uids, unknown))
    .replaceAll(DIGEST, digest => known.digests.get(digest) ?? digest)
    .replaceAll(TIME, 'TIME')
    .replaceAll(ADDRESS, 'ADDRESS')

export const normalSentence = (text: string, known: Known, unknown: Map<string, string>): string =>
  normalText(text, known, unknown).replaceAll(DURATION, 'DURATION')

const symbol = (uid: string, uids: ReadonlyMap<string, string>, unknown: Map<string, string>): string => {
  const name = uids.get(uid) ?? unknown.get(uid) ?? `unknown ${unknown.size + 1}`
  if (!uids.has(uid)) unknown.set(uid, name)
  return `UID(${name})`
}

/** `iris-v1-7d9c5b8f4-x2v9k` and `iris-run-1-x2v9k`: the template's hash, if any, of ten letters or fewer, and five letters of Kubernetes' own alphabet. */
const generated = (text: string, generators: readonly string[]): string =>
  generators.reduce((said, name) => said.replaceAll(suffixed(name), `${name}-GENERATED`), text)

const word = (text: string, end = ''): RegExp => new RegExp(`(?<![a-z0-9-])${text.replaceAll('.', '\\.')}${end}(?![a-z0-9-])`, 'g')

const LETTER = '[bcdfghjklmnpqrstvwxz2456789]'
const suffixed = (name: string): RegExp => word(name, `-${LETTER}{5,10}(?:-${LETTER}{5})?`)
