// What a decision about an InferenceService may use.
import type { ServerHealth } from '../../api/bundle.ts'
import type { InferenceService } from '../../api/inferenceservice.ts'
import type { Model } from '../../api/model.ts'
import type { ModelVersion } from '../../api/modelversion.ts'
import { bundleOf, type VersionBundle } from '../../api/versionbundle.ts'
import type { ObjectRef } from '../../runtime/shape.ts'
import type { Autoscaler, Claim, Deployment, Ingress, Pod, Service } from '../observed.ts'
import type { World } from '../shape.ts'

export interface Seen {
  model?: Model
  /** Every version of the model that exists, by number. */
  versions: ReadonlyMap<number, ModelVersion>
  /** Claims of this namespace that the versions name, by name. */
  claims: ReadonlyMap<string, Claim>
  /** Children that exist. */
  deployments: readonly Deployment[]
  services: readonly Service[]
  autoscalers: readonly Autoscaler[]
  ingress?: Ingress
  pods: readonly Pod[]
  /** What each pod said about itself, by the uid of the pod. */
  health: ReadonlyMap<string, ServerHealth>
  /** Why what a pod says about itself is worth nothing, by the uid of the pod. */
  unheard: ReadonlyMap<string, string>
}

export interface ServiceWorld extends World<InferenceService, Seen> {
  /** Children that cannot be made yet, because what has their name is on its way out. */
  readonly pending: readonly ObjectRef[]
}

/** Nothing for a version that does not exist or has none yet. */
export const bundleIn = ({ seen }: Pick<ServiceWorld, 'seen'>, number: number): VersionBundle | undefined => {
  const version = seen.versions.get(number)
  return version && bundleOf(version)
}

/** Name of everything that belongs to one version of one service. */
export const versionName = (service: InferenceService, version: number): string => `${service.metadata.name}-v${version}`
