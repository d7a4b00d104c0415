// A user who keeps the leader busy: services of one model, made and changed several times a second, and left in the same state every time.
import { setTimeout as sleep } from 'node:timers/promises'
import { autoscalers, deployments, inferenceServices, ingresses } from '../../../operator/controllers/resources.ts'
import { service } from '../../e2e/handmade.ts'
import { reached, says } from '../matrix/scenario.ts'
import { holds, user } from '../matrix/scenarios/objects.ts'
import type { Stage } from '../matrix/stage.ts'

const COUNT = 4
const PAUSE_MS = 200
const PATIENCE_SECONDS = 60
const names = Array.from({ length: COUNT }, (_, index) => `w${index}`)

/** Each touches other children: the autoscaler, the pods, the Ingress made and removed. */
const changes = [
  (step: number) => ({ autoscaling: { max: 2 + (step % 5) } }),
  (step: number) => ({ server: { requestTimeout: `${5 + (step % 4)}s` } }),
  (step: number) => ({ ingress: { host: `w${step}.localhost` } }),
  (step: number) => ({ autoscaling: { cpu: 40 + (step % 20) } }),
  (step: number) => ({ ingress: { host: `v${step}.localhost` } }),
  () => ({ ingress: null }),
]

const FINAL = {
  traffic: [{ version: 1 }],
  server: { requestTimeout: '10s' },
  autoscaling: { min: 1, max: 3, cpu: 70 },
  ingress: { host: 'final.localhost' },
}

export interface Work {
  /** Changes so far. */
  count(): number
  stop(): Promise<void>
}

/** A model with two imported versions. */
export const prepare = async (stage: Stage): Promise<void> => {
  await user.opensModel(stage)
  for (const number of [1, 2]) await user.imports(stage, number)
  await reached(() => holds(2)(stage), PATIENCE_SECONDS, 'version 2 holds Production')
}

export const startWork = (stage: Stage): Work => {
  let step = 0
  const stopping = new AbortController()
  const run = async () => {
    while (!stopping.signal.aborted) {
      await change(stage, step++)
      await sleep(PAUSE_MS, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }
  const running = run()
  return {
    count: () => step,
    async stop() {
      stopping.abort()
      await running
    },
  }
}

const change = async (stage: Stage, step: number): Promise<void> => {
  const name = names[step % COUNT] ?? ''
  if (!(await stage.get(inferenceServices, name))) {
    await stage.create(inferenceServices, service(name, 'iris'))
    return
  }
  // Every kind of change within a second or two, and every service has its turn with each.
  const spec = changes[(step + Math.floor(step / (COUNT * changes.length))) % changes.length]?.(step) ?? {}
  await stage.merge(inferenceServices, name, { spec })
}

/** What the user wants in the end, whatever was before. */
export const finish = async (stage: Stage): Promise<void> => {
  for (const name of names) {
    if (await stage.get(inferenceServices, name)) await stage.merge(inferenceServices, name, { spec: FINAL })
    else await stage.create(inferenceServices, { ...service(name, 'iris'), spec: { ...service(name, 'iris').spec, ...FINAL } })
  }
}

/** All services are ready, with the children that they are to have in the end. */
export const finished = async (stage: Stage): Promise<boolean> => (await Promise.all(names.map(name => isDone(stage, name)))).every(Boolean)

const isDone = async (stage: Stage, name: string): Promise<boolean> => {
  const own = `${name}-v1`
  const [seen, deployment, autoscaler, ingress] = await Promise.all([
    stage.get(inferenceServices, name),
    stage.get(deployments, own),
    stage.get(autoscalers, own),
    stage.get(ingresses, name),
  ])
  const { maxReplicas } = (autoscaler?.['spec'] ?? {}) as { maxReplicas?: number }
  const { replicas, updatedReplicas, availableReplicas, observedGeneration } = (deployment?.['status'] ?? {}) as Record<string, number>
  const rolled = observedGeneration === deployment?.metadata.generation && replicas === updatedReplicas && replicas === availableReplicas
  const { entry, traffic = [] } = (seen?.['status'] ?? {}) as { entry?: number; traffic?: unknown[] }
  const routed = JSON.stringify(ingress ?? {}).includes('final.localhost')
  return says(seen) && entry === 1 && traffic.length === 1 && rolled && maxReplicas === 3 && routed
}
