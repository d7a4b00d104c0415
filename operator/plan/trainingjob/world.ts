// What a decision about a TrainingJob may use.
import type { Progress } from '../../api/bundle.ts'
import type { Model } from '../../api/model.ts'
import type { ModelVersion } from '../../api/modelversion.ts'
import type { TrainingJob } from '../../api/trainingjob.ts'
import type { KubeObject } from '../../runtime/shape.ts'
import type { CreationFailure, Job, Pod } from '../observed.ts'
import type { World } from '../shape.ts'

export interface Seen {
  /** Jobs that this TrainingJob owns, by uid. */
  jobs: readonly Job[]
  /** Pods with the label of this TrainingJob, of an earlier object of the same name, too. */
  pods: readonly Pod[]
  /** ConfigMaps that this TrainingJob owns, by uid. */
  configMaps: readonly KubeObject[]
  /** Pods that the API server refused to those Jobs. */
  failures: readonly CreationFailure[]
  /** Every version of the model, and every version that this TrainingJob left under another name of its model. */
  versions: readonly ModelVersion[]
  model?: Model
  /** What the pod of the run answered last. */
  progress?: Progress
}

export type TrainingWorld = World<TrainingJob, Seen>
