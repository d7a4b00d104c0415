// A node for a control plane that has none: it takes every pod, gives it an address that answers, and says of it what a kubelet would.

import { trainerPath } from '../../../operator/api/contract.ts'
import { claims, configMaps, pods } from '../../../operator/controllers/resources.ts'
import { CONTAINER as GATES } from '../../../operator/plan/model/gaterun/job.ts'
import { CONTAINER as IMPORT } from '../../../operator/plan/model/importing/job.ts'
import type { Claim, Pod } from '../../../operator/plan/observed.ts'
import { CONTAINER as TRAINER } from '../../../operator/plan/trainingjob/names.ts'
import { systemClock } from '../../../operator/runtime/clock.ts'
import { keyOf } from '../../../operator/runtime/keys.ts'
import { silentLog } from '../../../operator/runtime/log.ts'
import { Reflector } from '../../../operator/runtime/reflector.ts'
import type { KubeObject, ResourceRef } from '../../../operator/runtime/shape.ts'
import { Store } from '../../../operator/runtime/store.ts'
import type { ControlPlane } from '../../cluster/controlplane.ts'
import { addressesFor } from './addresses.ts'
import { startGates } from './gateprogram.ts'
import { startImport } from './importprogram.ts'
import { Kubelet } from './kubelet.ts'
import { missingClaim, missingConfigMap, mountedText } from './mounts.ts'
import { PodLife, type Surroundings } from './podlife.ts'
import { idle, type Program, type Start } from './program.ts'
import { createScript, type Rule, type Script } from './script.ts'
import { ServerProgram } from './serverprogram.ts'
import { startTrainer } from './trainerprogram.ts'

export interface NodeOptions {
  plane: Pick<ControlPlane, 'server' | 'kubeconfigFor'>
  /** Whose pods and claims it takes; default: of all namespaces. */
  namespaces?: readonly string[]
  /** Name of the Node; default: simulated. */
  name?: string
  rules?: readonly Rule[]
  /** How long a trainer runs; default: 300 ms. */
  runMs?: number
  /** From the start of a server to the first time it is ready; default: 50 ms. */
  loadMs?: number
  /** From the deletion of a pod to its end; default: 200 ms. */
  graceMs?: number
  /** Before the second restart of a container; default: 500 ms. */
  backoffMs?: number
}

export interface SimulatedNode {
  /** Makes pods behave otherwise, those that run included. The answer takes it back. */
  act: (rule: Rule) => () => void
  /** Every pod behaves well again. */
  clear: () => void
  /** Pods that the node has, as it last saw them. */
  pods: () => Pod[]
  /** Ends everything that runs; the objects stay as they are. Throws when the API server refused anything of the node. */
  stop: () => Promise<void>
}

export const startNode = async (options: NodeOptions): Promise<SimulatedNode> => {
  const node = options.name ?? 'simulated'
  const troubles: unknown[] = []
  const onTrouble = (error: unknown): void => void troubles.push(error)
  const kubeconfig = await options.plane.kubeconfigFor({ user: `node-${node}`, groups: ['system:masters'] })
  const kubelet = new Kubelet({ kubeconfig, node, onTrouble })
  await kubelet.register()
  const followed = { pods: follow(kubelet, pods), claims: follow(kubelet, claims), configMaps: follow(kubelet, configMaps) }
  const script = createScript(options.rules)
  const lives = house({ options, node, kubelet, followed, script, onTrouble })
  await begin([followed.claims, followed.configMaps])
  await begin([followed.pods])
  return {
    act: script.add,
    clear: script.clear,
    pods: () => followed.pods.store.list().filter(pod => lives.has(pod.metadata.uid ?? '')),
    async stop() {
      for (const life of lives.values()) life.forget()
      const ending = [...Object.values(followed).map(({ reflector }) => reflector.stop()), ...[...lives.values()].map(({ done }) => done)]
      await kubelet.close()
      await Promise.all(ending)
      if (troubles.length > 0) throw new AggregateError(troubles, `the node had trouble: ${troubles.map(String).join('; ')}`)
    },
  }
}

interface Followed {
  store: Store
  reflector: Reflector
}

const follow = ({ client }: Kubelet, resource: ResourceRef): Followed => {
  const store = new Store()
  return { store, reflector: new Reflector({ client, resource, selection: {}, store, clock: systemClock, log: silentLog }) }
}

const begin = async (kinds: readonly Followed[]): Promise<void> => {
  for (const { reflector } of kinds) reflector.start()
  await Promise.all(kinds.map(({ reflector }) => reflector.synced()))
}

interface House {
  options: NodeOptions
  node: string
  kubelet: Kubelet
  followed: Record<'pods' | 'claims' | 'configMaps', Followed>
  script: Script
  onTrouble: (error: unknown) => void
}

/** Begins a life for each pod and ends it with the pod; lives by uid of the pod. */
const house = (parts: House): Map<string, PodLife> => {
  const { options, node, kubelet, followed, onTrouble } = parts
  const lives = new Map<string, PodLife>()
  const around = surroundings(parts)
  const isOurs = ({ metadata }: KubeObject): boolean => options.namespaces?.includes(metadata.namespace ?? '') ?? true
  const welcome = (pod: Pod, uid: string): PodLife => {
    const life = new PodLife(pod, around)
    lives.set(uid, life)
    life.done.catch(onTrouble).finally(() => lives.delete(uid))
    return life
  }
  followed.pods.store.subscribe(({ now, old }) => {
    const pod = (now ?? old) as Pod
    const { uid = '', deletionTimestamp } = pod.metadata
    if (!isOurs(pod) || (pod.spec?.nodeName ?? node) !== node) return
    if (!now) return lives.get(uid)?.forget()
    // A life that ended is not begun again by the last news of its pod.
    const life = lives.get(uid) ?? (old ? undefined : welcome(pod, uid))
    if (deletionTimestamp) life?.leave()
  })
  followed.claims.store.subscribe(({ now }) => {
    const claim = now as Claim | undefined
    if (claim && isOurs(claim) && !claim.metadata.deletionTimestamp && claim.status?.phase !== 'Bound')
      kubelet.provide(claim).catch(onTrouble)
  })
  return lives
}

const surroundings = ({ options, kubelet, followed, script }: House): Surroundings => {
  const { graceMs = 200, backoffMs = 500 } = options
  const mounts = { claims: followed.claims.store, configMaps: followed.configMaps.store }
  return {
    kubelet,
    addresses: addressesFor(options.plane.server),
    latest: pod => {
      const found = followed.pods.store.get(keyOf(pod))
      return found?.metadata.uid === pod.metadata.uid ? (found as Pod) : undefined
    },
    lacks: { claim: pod => missingClaim(pod, mounts), configMap: pod => missingConfigMap(pod, mounts) },
    changed: changes([mounts.claims, mounts.configMaps]),
    start: async start =>
      await startProgram(start, {
        script,
        loadMs: options.loadMs ?? 50,
        runMs: options.runMs ?? 300,
        config: mountedText(start.pod, mounts, CONFIG),
      }),
    graceMs,
    backoffMs,
  }
}

const CONFIG = { volume: 'config', file: trainerPath.config.slice(trainerPath.config.lastIndexOf('/') + 1) }

/** One promise for all who wait; the next one begins when it is resolved. */
const changes = (stores: readonly Store[]): (() => Promise<void>) => {
  let next = Promise.withResolvers<void>()
  for (const store of stores) {
    store.subscribe(() => {
      next.resolve()
      next = Promise.withResolvers()
    })
  }
  return () => next.promise
}

interface ProgramParts {
  script: Script
  loadMs: number
  runMs: number
  config: string | undefined
}

const startProgram = async (start: Start, { script, loadMs, runMs, config }: ProgramParts): Promise<Program> => {
  const names = (start.pod.spec?.containers ?? []).map(({ name }) => name)
  if (names.includes(TRAINER)) return await startTrainer({ ...start, behaviour: script.trainerOf(start.pod), config, runMs })
  if (names.includes(GATES)) return startGates({ pod: start.pod, verdict: script.gatesOf(start.pod), runMs })
  if (names.includes(IMPORT)) return startImport({ pod: start.pod, runMs })
  return names.includes('server') ? new ServerProgram({ ...start, script, loadMs }) : idle
}
