// Healthy services are measured without and with poison in another namespace, in turns.
import { inferenceServices } from '../../../operator/controllers/resources.ts'
import type { KubeObject } from '../../../operator/runtime/shape.ts'
import { reached } from '../matrix/scenario.ts'
import { type Poison, poison, VICTIM, victims } from './poison.ts'
import { BAD, type Reaction, reactions, type Street } from './street.ts'

export interface Poisoned {
  clean: Reaction
  poisoned: Reaction
}

const placed = ({ kind, object }: { kind: Poison['kind']; object: object }): KubeObject => {
  const { metadata, ...rest } = object as KubeObject
  return { ...rest, apiVersion: kind.apiVersion, kind: kind.kind, metadata: { ...metadata, namespace: BAD } }
}

const put = async ({ client }: Street, { kind, object, status }: Poison): Promise<void> => {
  const { metadata } = await client.create(kind, placed({ kind, object }))
  if (status) await client.merge(kind, { namespace: BAD, name: metadata.name, subresource: 'status' }, { status })
}

const nameOf = (object: object): string => (object as KubeObject).metadata.name

const take = async ({ client }: Street, { kind, object }: { kind: Poison['kind']; object: object }): Promise<void> => {
  const live = await client.get(kind, { namespace: BAD, name: nameOf(object) })
  if (live) await client.remove(kind, live)
}

const takeAll = async (street: Street): Promise<void> => {
  const { client, place } = street
  // Nobody is there who would end pods of that node.
  await place.kubectl(BAD)('delete', 'pods', '--all', '--force', '--grace-period=0', '--wait=false')
  for (const each of poison) await take(street, each)
  const left = async () => {
    const found = await Promise.all(poison.map(({ kind, object }) => client.get(kind, { namespace: BAD, name: nameOf(object) })))
    return found.every(object => object === undefined)
  }
  await reached(left, 30, 'the poison is gone')
}

/** The operator has looked at the victim once more, whatever lies around it. */
const victimIsSeen = async ({ client }: Street): Promise<void> => {
  const at = { namespace: BAD, name: VICTIM }
  const { metadata } = await client.merge(inferenceServices, at, { spec: { autoscaling: { max: 5 + Math.floor(Math.random() * 50) } } })
  await reached(
    async () => {
      const { observedGeneration = 0 } = ((await client.get(inferenceServices, at))?.['status'] ?? {}) as { observedGeneration?: number }
      return observedGeneration >= (metadata.generation ?? 0)
    },
    30,
    'the operator looks after the service that the poison names',
  )
}

export const tryPoison = async (street: Street, { rounds = 2, seconds = 10 } = {}): Promise<Poisoned> => {
  const clean: Reaction = { reacted: [], asked: [] }
  const poisoned: Reaction = { reacted: [], asked: [] }
  for (const victim of victims) await street.client.create(victim.kind, placed(victim))
  for (let round = 0; round < rounds; round++) {
    add(clean, await reactions(street, { seconds }))
    for (const each of poison) await put(street, each)
    add(poisoned, await reactions(street, { seconds }))
    await victimIsSeen(street)
    await takeAll(street)
  }
  for (const victim of victims) await take(street, victim)
  return { clean, poisoned }
}

const add = (all: Reaction, { reacted, asked }: Reaction): void => {
  all.reacted.push(...reacted)
  all.asked.push(...asked)
}
