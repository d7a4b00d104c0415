// Which InferenceServices serve a version now, by what each of them says of itself.
import type { InferenceService } from '../../api/inferenceservice.ts'
import { type ModelVersion, type ModelVersionStatus, SERVED_BY_LIMIT } from '../../api/modelversion.ts'
import type { Belief } from '../../runtime/shape.ts'
import { beside } from '../shape.ts'

/** Their names, sorted; one that is going counts until it is gone, because its pods still run. */
export const servedBy = (services: readonly InferenceService[], version: number): string[] =>
  services
    .filter(({ status }) => status?.entry === version || status?.traffic?.some(each => each.version === version))
    .map(({ metadata }) => metadata.name)
    .toSorted()
    .slice(0, SERVED_BY_LIMIT)

/** Those that come or go with this status: whoever believes wrongly that a service let a version go would let people delete what is served. */
export const servicesChanged = (version: ModelVersion, status: ModelVersionStatus, services: readonly InferenceService[]): Belief[] => {
  const [before, after] = [new Set(version.status?.servedBy), new Set(status.servedBy)]
  const changed = [...new Set([...before, ...after])].filter(name => before.has(name) !== after.has(name))
  return changed.map(name =>
    beside(version, 'InferenceService', { name, seen: services.find(({ metadata }) => metadata.name === name)?.metadata }),
  )
}
