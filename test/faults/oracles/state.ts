// Takes down what a namespace holds in a form that can be compared with another run of the same scenario in another namespace.
import { modelVersions, pods } from '../../../operator/controllers/resources.ts'
import type { KubeObject } from '../../../operator/runtime/shape.ts'
import type { ApiReader } from './apireader.ts'
import { compared, counted, replicaSets } from './kinds.ts'
import { type Json, normalObject } from './normalobject.ts'
import type { Known } from './normaltext.ts'

/** By kind and name, such as `Job/iris-run-1`; of pods and ReplicaSets how many each owner has, such as `Pods(Job/iris-run-1)`. */
export type State = Readonly<Record<string, Json>>

export interface SnapshotOptions {
  namespace: string
  /** Names of objects that are gone, by uid: without them a uid that is still mentioned is one nobody knows. */
  gone?: ReadonlyMap<string, string>
}

/** Kubernetes puts it into every namespace, in its own time. */
const FOREIGN = 'kube-root-ca.crt'

export const snapshot = async (reader: ApiReader, options: SnapshotOptions): Promise<State> => {
  const lists = await Promise.all([...compared, ...counted].map(kind => reader.list(kind, options.namespace)))
  return stateOf(
    lists.flatMap(({ items }) => items),
    options,
  )
}

/** The same for objects that were read already. */
export const stateOf = (objects: readonly KubeObject[], { namespace, gone = new Map() }: SnapshotOptions): State => {
  const ours = objects.filter(object => object.metadata.name !== FOREIGN)
  const crowd = ours.filter(object => isCounted(object))
  const known: Known = {
    namespace,
    uids: new Map([...gone, ...ours.map(object => [object.metadata.uid ?? '', nameOf(object)] as const)]),
    generators: ours.filter(({ kind }) => kind === 'Deployment' || kind === 'Job').map(({ metadata }) => metadata.name),
    digests: digestsOf(ours),
  }
  const single = ours.filter(object => !isCounted(object)).map(object => [nameOf(object), normalObject(object, known)] as const)
  return Object.fromEntries([...single, ...countsByOwner(crowd)])
}

export const nameOf = ({ kind, metadata }: KubeObject): string => `${kind}/${metadata.name}`

const isCounted = ({ kind }: KubeObject): boolean => counted.some(each => each.kind === kind)

/** A bundle's digest may differ from run to run, but is the same wherever it is named. */
const digestsOf = (objects: readonly KubeObject[]): Map<string, string> => {
  const versions = objects.filter(({ kind }) => kind === modelVersions.kind)
  return new Map(versions.map(version => [(version['spec'] as { digest: string }).digest, `DIGEST(${nameOf(version)})`]))
}

const countsByOwner = (crowd: readonly KubeObject[]): [string, Json][] => {
  const found = new Map<string, Record<string, number>>()
  const sets = new Map(crowd.filter(({ kind }) => kind === replicaSets.kind).map(set => [set.metadata.uid ?? '', set]))
  for (const object of crowd) {
    const group = `${object.kind}s(${ownerOf(object, sets)})`
    const counts = found.get(group) ?? {}
    const looks = object.kind === pods.kind ? looksOf(object) : sizeOf(object)
    found.set(group, { ...counts, [looks]: (counts[looks] ?? 0) + 1 })
  }
  return [...found]
}

/** A pod of a ReplicaSet belongs to its Deployment. */
const ownerOf = ({ metadata }: KubeObject, sets: ReadonlyMap<string, KubeObject>): string => {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true)
  if (!owner) return 'nobody'
  const set = sets.get(owner.uid)
  if (set) return ownerOf(set, sets)
  return owner.kind === replicaSets.kind ? `a-${owner.kind}-that-is-gone` : `${owner.kind}/${owner.name}`
}

interface PodStatus {
  phase?: string
  conditions?: { type: string; status: string }[]
}

const looksOf = (pod: KubeObject): string => {
  const { phase = 'Pending', conditions = [] } = (pod['status'] ?? {}) as PodStatus
  const ready = conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
  return [phase, ready && 'ready', pod.metadata.deletionTimestamp && 'leaving'].filter(Boolean).join(' ')
}

const sizeOf = (set: KubeObject): string => ((set['spec'] as { replicas?: number }).replicas === 0 ? 'empty' : 'with pods')
