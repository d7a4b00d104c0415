// The built-in Deployment controller, with limits that do not bind: one ReplicaSet and a status for every Deployment, one write after the other.
import { setTimeout as sleep } from 'node:timers/promises'
import { deployments } from '../../operator/controllers/resources.ts'
import type { KubeObject } from '../../operator/runtime/shape.ts'
import { binaries } from '../../test/cluster/binaries.ts'
import { CONTROL_PLANE_BINARIES } from '../../test/cluster/recipes.ts'
import { freePort } from '../../test/faults/operator/freeport.ts'
import { type Ground, untilQuiet, writesOf } from './ground.ts'
import { inParallel } from './measure/inparallel.ts'
import { costOf } from './measure/process.ts'
import { spaces } from './objects.ts'
import { type Program, startProgram } from './program.ts'

const USER = 'deployment-controller'
const USERS = 16
const REQUESTS_PER_SECOND = 1000
/** As many as our operator works on at once. */
const CONCURRENCY = 8
const WARM_UP = 20

export interface PeerFigures {
  deployments: number
  writes: number
  writesPerSecond: number
  msPerWrite: number
  cpuSeconds: number
}

export const measureDeploymentController = async (ground: Ground, count: number): Promise<PeerFigures> => {
  const program = await start(ground)
  try {
    await Promise.race([warmUp(ground), program.failed])
    const mark = ground.audit.refresh()
    const before = costOf(program.pid)
    await create(ground, 'main', count)
    await untilAll(ground, count, mark)
    await untilQuiet(ground, USER)
    const writes = writesOf(ground, USER, mark)
    const created = ground.audit.writes.slice(mark).filter(({ verb, resource }) => verb === 'create' && resource === 'deployments')
    const beganAt = Math.min(...created.map(({ receivedAt }) => receivedAt))
    const seconds = (Math.max(...writes.map(({ endedAt }) => endedAt)) - beganAt) / 1000
    return {
      deployments: count,
      writes: writes.length,
      writesPerSecond: writes.length / seconds,
      msPerWrite: (seconds * 1000) / writes.length,
      cpuSeconds: costOf(program.pid).cpuSeconds - before.cpuSeconds,
    }
  } finally {
    await program.stop()
  }
}

const start = async (ground: Ground): Promise<Program> => {
  const { 'kube-controller-manager': binary } = await binaries(CONTROL_PLANE_BINARIES)
  const kubeconfig = await ground.plane.kubeconfigFor({ user: USER, groups: ['system:masters'] })
  const flags = [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${await freePort()}`,
    '--controllers=deployment-controller',
    '--leader-elect=false',
    `--concurrent-deployment-syncs=${CONCURRENCY}`,
    `--kube-api-qps=${REQUESTS_PER_SECOND}`,
    `--kube-api-burst=${REQUESTS_PER_SECOND}`,
  ]
  return startProgram([binary, ...flags], { PATH: process.env['PATH'] })
}

const warmUp = async (ground: Ground): Promise<void> => {
  const mark = ground.audit.refresh()
  await create(ground, 'warm', WARM_UP)
  await untilAll(ground, WARM_UP, mark)
  await untilQuiet(ground, USER)
}

const untilAll = async (ground: Ground, count: number, mark: number): Promise<void> => {
  const made = () => {
    ground.audit.refresh()
    return writesOf(ground, USER, mark).filter(
      ({ verb, resource, code }) => verb === 'create' && resource === 'replicasets' && code === 201,
    )
  }
  const until = Date.now() + 300_000
  while (made().length < count) {
    if (Date.now() > until) throw new Error(`the Deployment controller made ${made().length} of ${count} ReplicaSets in 300 s`)
    await sleep(50)
  }
}

const create = (ground: Ground, set: string, count: number) =>
  inParallel(
    Array.from({ length: count }, (_, at) => deployment(`${set}-${String(at).padStart(4, '0')}`, spaces[at % spaces.length] ?? '')),
    USERS,
    async object => void (await ground.client.create(deployments, object)),
  )

/** Without pods, so that nobody else has anything to do. */
const deployment = (name: string, namespace: string): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'server', image: 'tidegate/server:test' }] } },
  },
})
