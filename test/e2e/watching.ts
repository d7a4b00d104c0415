// `kubectl get --watch` as a person runs it: every line that it prints, until it is stopped.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { World } from './world.ts'

export interface Watching {
  lines: string[]
  stop: () => Promise<void>
}

export const watch = ({ cluster, namespace }: World, ...args: string[]): Watching => {
  const child = spawn(cluster.kubectl, ['--namespace', namespace, 'get', ...args, '--watch'], {
    env: { ...process.env, KUBECONFIG: cluster.kubeconfig },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  createInterface({ input: child.stdout }).on('line', line => lines.push(line))
  const ended = new Promise<void>(resolve => {
    child.once('close', () => resolve())
  })
  return {
    lines,
    stop: async () => {
      child.kill()
      await ended
    },
  }
}
