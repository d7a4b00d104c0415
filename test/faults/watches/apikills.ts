// Kills the API server again and again under changes, and tells how soon all is in order after it last came back.
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { AuditLog } from '../../cluster/auditlog.ts'
import type { ControlPlane } from '../../cluster/controlplane.ts'
import { until } from '../../e2e/until.ts'
import { untilNothingMissed } from './acted.ts'
import { keepChanging } from './away.ts'
import type { Plane } from './footing.ts'

export interface KillOptions {
  kills: number
  everySeconds: number
  targets: readonly { namespace: string; name: string }[]
}

export interface Killed {
  kills: number
  changes: number
  /** From the last /readyz on. */
  convergedAfter: number
  /** What the operator made or removed, although nothing was to be made or removed. */
  extra: string[]
}

/** As the fault proxy introduces the operator to the API server. */
const OPERATOR = 'system:serviceaccount:tidegate-system:tidegate'
const CONVERGE_SECONDS = 60
const CHANGE_EVERY_MS = 200

/** Its process may be dead already while its threads still hold the port. */
const kill = async (plane: ControlPlane): Promise<void> => {
  plane.signalPart('kube-apiserver', 'SIGKILL')
  await until(
    () => isListening(Number(new URL(plane.server).port)),
    listening => !listening,
    { within: 20, what: 'the API server is gone', pause: 20 },
  )
}

const isListening = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

export const killApiServer = async ({ plane, client }: Plane, { kills, everySeconds, targets }: KillOptions): Promise<Killed> => {
  const audit = new AuditLog(plane.auditLog, OPERATOR)
  const mark = audit.mark()
  const stopChanging = keepChanging(client, targets, CHANGE_EVERY_MS)
  let readyAt = performance.now()
  for (let turn = 0; turn < kills; turn++) {
    await sleep(everySeconds * 1000)
    await kill(plane)
    await plane.startPart('kube-apiserver')
    readyAt = performance.now()
  }
  const changes = await stopChanging()
  await untilNothingMissed(client, CONVERGE_SECONDS)
  const convergedAfter = (performance.now() - readyAt) / 1000
  const writes = await audit.operatorWritesSince(mark)
  // A child that is made by an apply is answered with 201.
  const extra = writes.filter(({ verb, code }) => code === 201 || verb === 'delete' || verb === 'deletecollection')
  return {
    kills,
    changes,
    convergedAfter,
    extra: extra.map(({ at, verb, resource, name, code }) => [at, verb, resource, name, code].join(' ')),
  }
}
