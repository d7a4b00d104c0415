// When it is worth another look though nothing has happened: a soak or a freeze ends, an approval expires.
import { count } from './approvals.ts'
import { nextDoor, type Scene } from './ladder.ts'
import { obstacle } from './obstacle.ts'
import type { Registry } from './registry.ts'

/** Seconds from now; a little later than the moment itself, so that it has come by then. */
export const nextLook = (registry: Registry, scene: Scene): number | undefined => {
  const moments = scene.versions.flatMap(version => {
    const door = nextDoor(registry, version, scene)
    const ends = door ? [obstacle('climb', door)?.until, count(door, scene.decisions).until] : []
    return ends.flatMap(end => (end ? [end.getTime()] : []))
  })
  return moments.length === 0 ? undefined : Math.max(1, Math.ceil((Math.min(...moments) - scene.now.getTime()) / 1000))
}
