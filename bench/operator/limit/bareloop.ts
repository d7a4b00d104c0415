// The limit: how fast the very same writes go when nothing is decided.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Contender } from '../contender.ts'
import type { Ground } from '../ground.ts'
import { identityOf, type Recording } from './recording.ts'

const USER = 'bare-loop'

export const startBareLoop = async (ground: Ground, recording: Recording): Promise<Contender> => {
  const KUBECONFIG = await ground.plane.kubeconfigFor({ user: USER, groups: ['system:masters'] })
  const child = fork(new URL('./loop.ts', import.meta.url), { env: { ...process.env, NODE_ENV: 'production', KUBECONFIG } })
  const ended = once(child, 'exit')
  let stopping = false
  const failed = ended.then(([code]) => {
    if (stopping) return new Promise<never>(() => {})
    throw new Error(`the bare loop ended by itself (code ${code}); it said why above`)
  })
  failed.catch(() => {})
  await once(child, 'spawn')
  child.send(recording)
  return {
    pid: child.pid ?? 0,
    user: USER,
    offer: service => void child.send(identityOf(service)),
    failed,
    async stop() {
      stopping = true
      if (child.connected) child.disconnect()
      await ended
    },
  }
}
