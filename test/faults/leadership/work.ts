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

interface Wanted {
  timeout: string
  max: number
  host: string
}

const FINAL: Wanted = { timeout: '10s', max: 3, host: 'final.localhost' }
/** Unlike anything before and after it. */
const ELSE: Wanted = { timeout: '9s', max: 9, host: 'else.localhost' }

const specOf = ({ timeout, max, host }: Wanted) => ({
  traffic: [{ version: 1 }],
  server: { requestTimeout: timeout },
  autoscaling: { min: 1, max, cpu: 70 },
  ingress: { host },
})

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

/**
 * The user wants something else, sees it done, and then wants what is always wanted in the end: so the leader has changed every child.
 * Without that a child could still be in a version on which an earlier leader decided, and no precondition would refuse its late write.
 */
export const finish = async (stage: Stage): Promise<void> => {
  await want(stage, ELSE)
  await reached(() => isAllDone(stage, ELSE), PATIENCE_SECONDS, 'something else was done')
  await wish(stage)
}

/** What the user wants in the end, whatever was before, and whether anybody is there to do it. */
export const wish = (stage: Stage): Promise<void> => want(stage, FINAL)

const want = async (stage: Stage, wanted: Wanted): Promise<void> => {
  const spec = specOf(wanted)
  for (const name of names) {
    if (await stage.get(inferenceServices, name)) await stage.merge(inferenceServices, name, { spec })
    else await stage.create(inferenceServices, { ...service(name, 'iris'), spec: { ...service(name, 'iris').spec, ...spec } })
  }
}

/** All services are ready, with the children that they are to have in the end. */
export const finished = (stage: Stage): Promise<boolean> => isAllDone(stage, FINAL)

const isAllDone = async (stage: Stage, wanted: Wanted): Promise<boolean> =>
  (await Promise.all(names.map(name => isDone(stage, name, wanted)))).every(Boolean)

const isDone = async (stage: Stage, name: string, { timeout, max, host }: Wanted): Promise<boolean> => {
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
  const routed = JSON.stringify(ingress ?? {}).includes(host)
  return (
    says(seen) &&
    entry === 1 &&
    traffic.length === 1 &&
    rolled &&
    maxReplicas === max &&
    routed &&
    JSON.stringify(deployment).includes(`"${Number.parseInt(timeout, 10)}000"`)
  )
}
