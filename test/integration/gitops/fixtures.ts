// Objects as the operator leaves them: each status comes out of the real plan, so that no check is proven against a status that nobody writes.
import type { Decision } from '../../../operator/api/decision.ts'
import type { InferenceService } from '../../../operator/api/inferenceservice.ts'
import { kinds } from '../../../operator/api/kinds.ts'
import type { Model, Stage } from '../../../operator/api/model.ts'
import type { ModelVersion } from '../../../operator/api/modelversion.ts'
import { crd } from '../../../operator/api/resource.ts'
import * as serving from '../../../operator/plan/inferenceservice/example.ts'
import { plan as planService } from '../../../operator/plan/inferenceservice/plan.ts'
import type { ServiceWorld } from '../../../operator/plan/inferenceservice/world.ts'
import { plan as planModel } from '../../../operator/plan/model/plan.ts'
import { nothingElse, sampleModel, start } from '../../../operator/plan/model/sampleworld.ts'
import { mergeStatus } from '../../../operator/runtime/conditions.ts'
import { type Cluster, cluster, settle } from '../../simulated/cluster.ts'
import { type End, endPods, runPods, startPods } from '../../simulated/kubernetes.ts'
import { trainingJob } from '../../simulated/trainingjob.ts'

type Change = Parameters<typeof trainingJob>[0]
type Status = object | undefined

/** As it lies in the API server: JSON, with the times that the loop adds. */
const stored = <Kind extends { status?: object }>(object: Kind, status: Status): Kind =>
  JSON.parse(JSON.stringify({ ...object, ...(status && { status: mergeStatus(status, undefined, start) }) })) as Kind

/** As the API server shows it before the operator has looked. */
export const unseen = <Kind extends { kind: string }>(object: Kind): Kind => {
  const definition = kinds.find(({ kind }) => kind === object.kind)
  const status: { default?: object } = definition ? statusOf(crd(definition)) : {}
  return { ...object, ...(status.default && { status: status.default }) }
}

const statusOf = ({ spec }: ReturnType<typeof crd>): { default?: object } =>
  spec.versions[0]?.schema.openAPIV3Schema.properties.status ?? {}

/** Its run has a Job, and no pod yet. */
export const begun = (change: Change = {}): Cluster => {
  const c = cluster(trainingJob(change))
  settle(c)
  return c
}

export const working = (change: Change = {}): Cluster => {
  const c = begun(change)
  startPods(c)
  runPods(c)
  settle(c)
  return c
}

export const ended = (how: End, change: Change = { compute: { retries: 0 } }): Cluster => {
  const c = working(change)
  endPods(c, how)
  settle(c)
  return c
}

/** Its version is registered, and a person suspended it afterwards. */
export const paused = () => {
  const c = ended('success')
  c.object = edited({ ...c.object, spec: { ...c.object.spec, suspend: true } })
  settle(c)
  return c.object
}

/** No node takes its pod. */
export const unscheduled = (): Cluster => {
  const c = begun()
  startPods(c)
  for (const pod of c.pods) {
    const message = '0/3 nodes are available: 3 Insufficient memory.'
    pod.status = { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }] }
  }
  settle(c)
  return c
}

/** A person changed the spec a moment ago. */
export const edited = <Kind extends { metadata: { generation: number } }>(object: Kind): Kind => ({
  ...object,
  metadata: { ...object.metadata, generation: object.metadata.generation + 1 },
})

export interface Registry {
  model: Model
  versions: ModelVersion[]
  decisions: Decision[]
}

interface Scene {
  stages?: Stage[]
  versions?: ModelVersion[]
  /** Present from the second look on: what people said after they had seen the version. */
  decisions?: Decision[]
  /** Of these versions the object is gone at the end. */
  lost?: number[]
}

/** What stands after the operator has looked until nothing moves. */
export const registered = ({ stages = [], versions = [], decisions = [], lost = [] }: Scene): Registry => {
  let model = sampleModel({ stages })
  const look = (present: ModelVersion[], said: Decision[]) => {
    const planned = planModel({
      object: model,
      versions: present,
      decisions: said,
      ...nothingElse,
      now: start,
    })
    model = stored(model, planned.status)
    return planned
  }
  look(versions, [])
  const left = versions.filter(({ spec }) => !lost.includes(spec.version))
  const { statuses = [] } = look(left, decisions)
  const told = <Kind extends ModelVersion | Decision>(object: Kind): Kind =>
    stored(object, statuses.find(each => each.object.metadata.uid === object.metadata.uid)?.status)
  return { model, versions: left.map(told), decisions: decisions.map(told) }
}

/** A version whose Model nobody wrote. */
export const orphaned = (version: ModelVersion): ModelVersion =>
  stored(
    version,
    planModel({
      object: undefined,
      versions: [version],
      decisions: [],
      ...nothingElse,
      now: start,
    }).statuses?.[0]?.status,
  )

export const served = (world: ServiceWorld): InferenceService => stored(world.object, planService(world).status)

/** Version 1 answers from its only pod. */
export const answering = (): ServiceWorld =>
  serving.world({
    model: serving.model({ Production: 1 }),
    services: [serving.stable(1)],
    deployments: [serving.live(1)],
    pods: [serving.pod(1, 'old-0', true)],
    health: new Map([['uid-old-0', serving.healthy(1)]]),
  })

/** The only pod of version 1 runs no more. */
export const crashing = (): ServiceWorld => {
  const world = answering()
  const pods = world.seen.pods.map(pod => ({ ...pod, status: crashed }))
  return { ...world, seen: { ...world.seen, pods, health: new Map() } }
}

const crashed = {
  phase: 'Running',
  podIP: '10.0.0.1',
  conditions: [{ type: 'Ready', status: 'False' }],
  containerStatuses: [
    {
      name: 'server',
      ready: false,
      restartCount: 6,
      state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' } },
      lastState: { terminated: { exitCode: 1, reason: 'Error' } },
    },
  ],
}

/** Version 2 is wanted, and no node takes its pod. */
export const crowded = (): ServiceWorld => {
  const world = serving.rolling(false)
  const message = '0/1 nodes are available: 1 Insufficient cpu.'
  const status = { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }] }
  const pods = world.seen.pods.map(pod => (pod.metadata.name === 'new' ? { ...pod, status } : pod))
  return { ...world, seen: { ...world.seen, pods, health: new Map([['uid-old-0', serving.healthy(1)]]) } }
}
