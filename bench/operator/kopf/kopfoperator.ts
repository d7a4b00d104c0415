// The peer: an operator in Python's framework that makes the same children from the same spec.
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Contender } from '../contender.ts'
import { appoint, type Ground } from '../ground.ts'
import { startProgram } from '../program.ts'
import { kopfPrograms } from './environment.ts'

export const CONFIGURATIONS = ['usual', 'quiet', 'events'] as const
export type Configuration = (typeof CONFIGURATIONS)[number]

const USER = 'kopf-operator'
/** Its start is not measured: the batch that warms it up is waited for, however late it begins. */
const HEAD_START_MS = 2000

export interface KopfSettings {
  configuration: Configuration
  /** Whether it also keeps the children as they were made, as the operator does. */
  follows: boolean
}

export const startKopf = async (ground: Ground, { configuration, follows }: KopfSettings): Promise<Contender> => {
  const programs = await kopfPrograms()
  await appoint(ground)
  const env = {
    PATH: `${programs}:${process.env['PATH'] ?? ''}`,
    HOME: process.env['HOME'],
    KUBECONFIG: await ground.plane.kubeconfigFor({ user: USER, groups: ['system:masters'] }),
    BENCH_CONFIGURATION: configuration,
    BENCH_FOLLOWS: follows ? 'yes' : 'no',
    TIDEGATE_SERVER_IMAGE: 'tidegate/server:test',
    PYTHONDONTWRITEBYTECODE: '1',
  }
  const logs = configuration === 'usual' ? [] : ['--quiet']
  const program = startProgram(
    [join(programs, 'kopf'), 'run', '--standalone', '--all-namespaces', ...logs, join(import.meta.dirname, 'peer.py')],
    env,
  )
  await Promise.race([sleep(HEAD_START_MS), program.failed])
  return { ...program, user: USER }
}
