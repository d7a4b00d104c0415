// Which server image a service runs: the one its spec became ready with, so that upgrading the operator restarts nobody.
import type { Served } from '../../api/inferenceservice.ts'
import { readyOf } from './served.ts'
import { type ServiceWorld, versionName } from './world.ts'

export const serverImage = (world: ServiceWorld): string => rememberedImage(world) ?? world.settings.serverImage

/** Forgotten as soon as the spec changes: whoever edits it gets the server of the day. */
export const rememberedImage = ({ object }: ServiceWorld): string | undefined =>
  object.status?.observedGeneration === object.metadata.generation ? object.status.serverImage : undefined

/** Every pod of the entry version runs the present template and answers: its image is remembered from here on. */
export const isSettled = (world: ServiceWorld, entry: number | undefined, traffic: readonly Served[]): boolean => {
  const { object, seen } = world
  const live = entry === undefined ? undefined : seen.deployments.find(each => each.metadata.name === versionName(object, entry))
  if (!live || entry === undefined) return false
  const { observedGeneration = 0, replicas = 0, updatedReplicas = 0 } = live.status ?? {}
  const isCurrent = observedGeneration >= (live.metadata.generation ?? 0) && updatedReplicas >= replicas
  const image = live.spec?.template?.spec?.containers?.[0]?.image
  return isCurrent && image === serverImage(world) && readyOf(traffic, entry) > 0
}
