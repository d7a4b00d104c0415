// Where each second of the main job went, from the audit log and from the times that objects carry.
import type { Model } from '../../operator/api/model.ts'
import type { Pod } from '../../operator/plan/observed.ts'
import type { Write } from '../cluster/auditlog.ts'
import type { World } from './world.ts'

export interface Moment {
  what: string
  /** Milliseconds since the epoch; whole seconds where Kubernetes keeps no more. */
  at: number
}

/** Every moment that can be known after the fact, in order. */
export const moments = async (world: World, began: { mark: number; at: number }, firstAnswer: number): Promise<Moment[]> => {
  const { kubectl, audit, namespace } = world
  const writes = await audit.writesSince(began.mark, write => write.namespace === namespace)
  const { items: pods } = await kubectl.json<{ items: Pod[] }>('get', 'pods')
  const model = await kubectl.json<Model>('get', 'model/iris')
  const [trainer, server] = ['trainer', 'server'].map(name => pods.find(pod => pod.spec?.containers?.[0]?.name === name))
  const ended = trainer?.status?.containerStatuses?.[0]?.state?.terminated
  const found: [string, string | undefined][] = [
    ['Job created', written(writes, 'jobs')],
    ['trainer: scheduled', written(writes, 'pods/binding', trainer)],
    ['trainer: container started', ended?.startedAt],
    ['trainer: done', ended?.finishedAt],
    ['version registered', written(writes, 'modelversions')],
    ['promoted to Production', model.status?.history?.find(move => move.to === 'Production')?.at],
    ['Deployment created', written(writes, 'deployments')],
    ['server: scheduled', written(writes, 'pods/binding', server)],
    ['server: container started', server?.status?.containerStatuses?.[0]?.state?.running?.startedAt],
    ['server: ready', server?.status?.conditions?.find(condition => condition.type === 'Ready')?.lastTransitionTime],
  ]
  const known = found.flatMap(([what, at]) => (at ? [{ what, at: Date.parse(at) }] : []))
  return inOrder([{ what: 'kubectl apply', at: began.at }, ...known, { what: 'first 200 through the Ingress', at: firstAnswer }])
}

/** A time that was cut to whole seconds is not before what came before it. */
const inOrder = (list: readonly Moment[]): Moment[] =>
  list.map(({ what }, index) => ({ what, at: Math.max(...list.slice(0, index + 1).map(each => each.at)) }))

const written = (writes: readonly Write[], resource: string, pod?: Pod): string | undefined =>
  writes.find(
    write => write.verb === 'create' && write.resource === resource && write.code < 300 && (!pod || write.name === pod.metadata.name),
  )?.at

export const table = (list: readonly Moment[]): string => {
  const start = list[0]?.at ?? 0
  const lines = list.map(({ what, at }, index) => {
    const before = list[index - 1]?.at ?? at
    return `${what.padEnd(32)} ${seconds(at - start)} ${index === 0 ? '' : `+${seconds(at - before).trim()}`.padStart(9)}`
  })
  return [`${'what'.padEnd(32)}        at      took`, ...lines].join('\n')
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`.padStart(9)
