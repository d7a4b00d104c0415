// The shape of every decision: a world in, a plan out, nothing read or written in between.
import type { Observation } from '../api/conditions.ts'
import type { Belief, Condition, KubeObject, ObjectMeta, ObjectRef, Refusal } from '../runtime/shape.ts'

/** Everything a decision may use. */
export interface World<Kind, Seen> {
  readonly object: Kind
  readonly seen: Readonly<Seen>
  readonly now: Date
  readonly settings: Settings
  /** What the last attempt at the children ran into. */
  readonly conflicts: readonly ObjectRef[]
  readonly refusals: readonly Refusal[]
}

/** What the operator was installed with. */
export interface Settings {
  trainerImage: string
  serverImage: string
  imagePullPolicy: 'Always' | 'IfNotPresent' | 'Never'
  imagePullSecrets: readonly string[]
  /** Where runs are logged, when there is a tracking server. */
  tracking?: { readonly uri: string }
}

/** Conditions as the API wants them, all of one generation; the loop adds the times. */
export const observed = (generation: number, observations: Observation[]): Condition[] =>
  observations.map(o => ({ ...o, observedGeneration: generation, message: o.message.slice(0, 2048) }))

/** Another object of ours beside this one, as it was seen, or not seen. */
export const beside = (
  { apiVersion, metadata: { namespace } }: Pick<KubeObject, 'apiVersion' | 'metadata'>,
  kind: string,
  { name, seen }: { name: string; seen: ObjectMeta | undefined },
): Belief => ({ apiVersion, kind, ...(namespace && { namespace }), name, seen })

/** The word and the sentence for a child that could not be written, if there is one. */
export const obstacle = (world: {
  conflicts: readonly ObjectRef[]
  refusals: readonly Refusal[]
}): Pick<Observation, 'reason' | 'message'> | undefined => {
  const taken = world.conflicts[0]
  if (taken) {
    return {
      reason: 'NameConflict',
      message: `${taken.kind} ${taken.name} exists and belongs to somebody else: rename this object, or remove that ${taken.kind}`,
    }
  }
  const refused = world.refusals[0]
  return (
    refused && {
      reason: refusalReason(refused.message),
      message: `${refused.ref.kind} ${refused.ref.name} was refused: ${refused.message}`,
    }
  )
}

export const refusalReason = (message: string): 'QuotaExceeded' | 'PodSecurityRefused' | 'CreationRefused' => {
  if (/exceeded quota|must specify|maximum .* usage per|minimum .* usage per|limitrange/i.test(message)) return 'QuotaExceeded'
  return /violates PodSecurity/.test(message) ? 'PodSecurityRefused' : 'CreationRefused'
}
