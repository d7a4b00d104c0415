// The kinds of this API, in the order in which a reader meets them.
import { Decision } from './decision.ts'
import { InferenceService } from './inferenceservice.ts'
import { Model } from './model.ts'
import { ModelVersion } from './modelversion.ts'
import type { AnyDefinition } from './resource.ts'
import { TrainingJob } from './trainingjob.ts'

export const kinds: AnyDefinition[] = [TrainingJob, Model, ModelVersion, Decision, InferenceService]
