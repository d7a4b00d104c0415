// Decides what the tags of a version say in a tracking server: what it is, where it stands, and who let it in.
import type { Move } from '../api/model.ts'
import type { GateResult, ModelVersion } from '../api/modelversion.ts'
import { bundleOf } from '../api/versionbundle.ts'
import { AUTOMATION } from '../plan/model/registry.ts'

/** Tags that begin so are ours; all others are left alone. */
export const OURS = 'tidegate.'

export const tag = {
  /** On a registered model: true while Kubernetes knows the model, gone afterwards. */
  managed: `${OURS}managed`,
  namespace: `${OURS}namespace`,
  model: `${OURS}model`,
  /** On a registered model: the aliases that are ours. */
  aliases: `${OURS}aliases`,
  /** On a version: by this it is found. */
  uid: `${OURS}uid`,
  stage: `${OURS}stage`,
} as const

/** Older servers take no more. */
const LONGEST = 5000

export interface Standing {
  stage: string
  /** The last move of the version. */
  move: Move | undefined
}

export const tagsOf = (version: ModelVersion, { stage, move }: Standing): Record<string, string> => {
  const { metadata, spec, status } = version
  const bundle = bundleOf(version)
  return written({
    uid: metadata.uid,
    object: `${metadata.namespace}/${metadata.name}`,
    version: spec.version,
    stage,
    digest: bundle?.digest,
    artifact: `claim ${spec.artifact.claim}, path ${spec.artifact.path}`,
    training_job: spec.source?.trainingJob,
    run: spec.source?.run,
    data_digest: spec.source?.dataDigest,
    algorithm: spec.source?.algorithm,
    gates: gatesInShort(status?.gates ?? []),
    reason: move?.reason,
    moved_by: move?.actor,
    moved_at: move?.at,
    approved_by: move && approversOf(move).join(', '),
    ...Object.fromEntries((bundle?.evaluation?.metrics ?? []).map(({ name, value }) => [`metric.${name}`, value])),
  })
}

const written = (facts: Record<string, string | number | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(facts).flatMap(([key, fact]) =>
      fact === undefined || fact === '' ? [] : [[`${OURS}${key}`, String(fact).slice(0, LONGEST)] as const],
    ),
  )

/** Each stage in turn: `Staging: Pass; Production: Fail, accuracy 0.85 < 0.9`. */
const gatesInShort = (gates: readonly GateResult[]): string =>
  [...new Set(gates.map(({ stage }) => stage))]
    .map(stage => {
      const counted = gates.filter(gate => gate.stage === stage && !gate.dryRun)
      const refusing = counted.filter(({ verdict }) => verdict !== 'Pass').map(({ verdict, message }) => `${verdict}, ${message}`)
      return `${stage}: ${refusing.join(', ') || 'Pass'}`
    })
    .join('; ')

/** The people behind a move. When the ladder moved, the reason names them: the Decisions may be gone by now, the history is not. */
export const approversOf = ({ actor, reason }: Move): string[] => {
  if (actor !== AUTOMATION) return [actor]
  return /^approved by ([^;]+);/.exec(reason)?.[1]?.split(', ') ?? []
}
