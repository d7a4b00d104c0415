// A trainer without training: it reads its configuration, tells its progress, and after a while ends as its behaviour says.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Progress, stages, TrainerConfig } from '../../../operator/api/bundle.ts'
import { CONTRACT_VERSION, port } from '../../../operator/api/contract.ts'
import { validateJson } from '../../../operator/api/validate.ts'
import { listen } from './listener.ts'
import type { End, Program, Start } from './program.ts'
import { configInvalid, stopped, type TrainerBehaviour } from './trainerbehaviours.ts'

export interface TrainerStart extends Start {
  behaviour: TrainerBehaviour
  /** The text of its configuration file. */
  config: string | undefined
  runMs: number
}

const JOB_UID = 'batch.kubernetes.io/controller-uid'
const MOST_BYTES = 1024 * 1024

export const startTrainer = async (start: TrainerStart): Promise<Program> => {
  const { behaviour, address } = start
  const beganAt = performance.now()
  const lasts = behaviour.runMs ?? start.runMs
  const progress = () => progressAfter(performance.now() - beganAt, lasts)
  const leaving = new AbortController()
  const listener = await listen(address, port.progress, (request, response) => {
    const known = request.url === '/progress'
    response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(known ? progress() : {}))
  })
  return {
    ready: true,
    ended: endOf(start, lasts, leaving.signal),
    stop: async () => stopped(progress().stage),
    async close() {
      leaving.abort()
      await listener.close()
    },
  }
}

const endOf = async ({ pod, config, behaviour }: TrainerStart, lasts: number, left: AbortSignal): Promise<End> => {
  const checked = validateJson(TrainerConfig, config ?? '', MOST_BYTES)
  if ('complaints' in checked) return configInvalid(checked.complaints[0] ?? 'the configuration cannot be read')
  const { end } = behaviour
  if (!end) return await new Promise(() => undefined)
  await sleep(lasts, undefined, { signal: left }).catch(() => undefined)
  return end({ jobUid: pod.metadata.labels?.[JOB_UID] ?? '', config: checked.value })
}

/** Done is said by the end alone. */
const progressAfter = (elapsed: number, lasts: number): Progress => {
  const share = Math.min(0.99, elapsed / lasts)
  const stage = stages[Math.floor(share * (stages.length - 1))] ?? 'Loading'
  return {
    contract: CONTRACT_VERSION,
    stage,
    percent: Math.floor(share * 100),
    etaSeconds: Math.max(0, Math.round((lasts - elapsed) / 1000)),
  }
}
