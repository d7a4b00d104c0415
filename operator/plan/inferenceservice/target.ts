// Which version should answer, and which one does: the first is read from the Model, the second from the selector of the Service.

import type { Observation } from '../../api/conditions.ts'
import { label } from '../../api/contract.ts'
import type { ModelVersion } from '../../api/modelversion.ts'
import { bundleIn, type ServiceWorld } from './world.ts'

export type Wanted = { version: number } | { missing: Pick<Observation, 'reason' | 'message'> }

export const wanted = ({ object, seen }: ServiceWorld): Wanted => {
  const target = object.spec.traffic[0]
  const version = target?.version ?? (target?.stage === undefined ? undefined : seen.model?.status?.holders?.[target.stage])
  if (version !== undefined) return present(version, { object, seen })
  const message = seen.model
    ? `no version of ${object.spec.model} holds ${target?.stage}: see the messages of kubectl get modelversions`
    : `no Model named ${object.spec.model} exists in this namespace, so nobody holds ${target?.stage}: create it`
  return { missing: { reason: 'NoVersion', message } }
}

const present = (version: number, { object, seen }: Pick<ServiceWorld, 'object' | 'seen'>): Wanted => {
  const retirement = seen.model?.status?.retired?.find(each => each.version === version)
  if (retirement) {
    const message = `version ${version} of ${object.spec.model} is retired since ${retirement.at}, and its bundle is being removed: ask for another version`
    return { missing: { reason: 'VersionMissing', message } }
  }
  const found = seen.versions.get(version)
  if (found) return bundleIn({ seen }, version) ? { version } : { missing: unimported(found) }
  const known = [...seen.versions.keys()].sort((a, b) => a - b)
  const message = `ModelVersion ${object.spec.model}-v${version} does not exist in this namespace; existing versions: ${known.join(', ') || 'none'}`
  return { missing: { reason: 'VersionMissing', message } }
}

/** In the words of the version itself, which says how far its import is. */
const unimported = ({ metadata, status }: ModelVersion): Pick<Observation, 'reason' | 'message'> => {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')
  const isFailed = ready?.reason === 'ImportFailed'
  const message = `ModelVersion ${metadata.name} has no bundle to serve: ${ready?.message ?? 'it is not imported yet'}`
  return { reason: isFailed ? 'ImportFailed' : 'Importing', message }
}

/** The version that clients reach now. The selector of the Service is the one truth about it: changing it is the flip. */
export const entry = ({ object, seen }: ServiceWorld): number | undefined => {
  const stable = seen.services.find(service => service.metadata.name === object.metadata.name)
  const version = Number(stable?.spec?.selector?.[label.version])
  return Number.isInteger(version) && version > 0 ? version : undefined
}
