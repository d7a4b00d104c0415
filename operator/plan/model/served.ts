// Which InferenceServices serve a version now, by what each of them says of itself.
import type { InferenceService } from '../../api/inferenceservice.ts'
import { SERVED_BY_LIMIT } from '../../api/modelversion.ts'

/** Their names, sorted; one that is going counts until it is gone, because its pods still run. */
export const servedBy = (services: readonly InferenceService[], version: number): string[] =>
  services
    .filter(({ status }) => status?.entry === version || status?.traffic?.some(each => each.version === version))
    .map(({ metadata }) => metadata.name)
    .toSorted()
    .slice(0, SERVED_BY_LIMIT)
