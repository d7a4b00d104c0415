// What an operator owes while its credentials are changed: nothing is refused for long, and it need not be started again.
import { setTimeout as sleep } from 'node:timers/promises'
import { AuditLog } from '../../cluster/auditlog.ts'
import { startOperator } from '../operator/operatorprocess.ts'
import { processFaults } from '../oracles/processfaults.ts'
import { changeTo, untilActedOn } from './acted.ts'
import { furnish, openOperator, type Plane } from './footing.ts'
import { clientCertificateFor, refusedFor, tokenFor } from './rotation.ts'

export interface Rotated {
  /** From the rotation to the last request that was refused. */
  refusedFor: number
  /** From a change right after the rotation to what the operator made of it. */
  actedAfter: number
  faults: string[]
}

/** What is refused on the way is told as an error, and rightly so. */
const REFUSED = [/401 Unauthorized|: 401 /]

export const rotateToken = async ({ plane, client }: Plane, fileAfterMs: number): Promise<Rotated> => {
  const namespace = `token-${fileAfterMs}`
  await furnish(client, namespace, ['iris'])
  const token = tokenFor(plane)
  const { proxy, operator, stop } = await openOperator(plane, { namespaces: [namespace], ...token })
  try {
    await untilActedOn(client, { namespace, cpu: 70 })
    const since = performance.now()
    const rotated = token.rotate(fileAfterMs)
    // Watches that run go on; new ones are refused.
    await proxy.disconnect()
    await changeTo(client, { namespace, cpu: 60 })
    const actedAfter = (await untilActedOn(client, { namespace, cpu: 60 })) / 1000
    await rotated
    return { refusedFor: refusedFor(proxy, since), actedAfter, faults: processFaults(operator, { allowed: [...REFUSED, /no answer/] }) }
  } finally {
    await stop()
  }
}

const WRITER = 'first-certificate'
const NEXT_WRITER = 'second-certificate'
const PATIENCE_SECONDS = 30

/** Refused here: how long the operator went on with the old certificate. */
export const rotateClientCertificate = async ({ plane, client }: Plane): Promise<Rotated> => {
  const namespace = 'certificate'
  await furnish(client, namespace, ['iris'])
  const certificate = await clientCertificateFor(plane, WRITER)
  const operator = await startOperator({ kubeconfig: certificate.kubeconfig, namespaces: [namespace] })
  try {
    await operator.ready()
    await untilActedOn(client, { namespace, cpu: 70 })
    const audit = new AuditLog(plane.auditLog, NEXT_WRITER)
    const written = audit.operatorWritesFrom(audit.mark(), namespace)
    const since = performance.now()
    await certificate.rotate(NEXT_WRITER)
    await changeTo(client, { namespace, cpu: 60 })
    const actedAfter = (await untilActedOn(client, { namespace, cpu: 60 })) / 1000
    const old = await secondsUntil(
      () => written().length > 0,
      since,
      async turn => changeTo(client, { namespace, cpu: 100 + turn }),
    )
    return { refusedFor: old, actedAfter, faults: processFaults(operator) }
  } finally {
    await operator.stop()
  }
}

const secondsUntil = async (isSo: () => boolean, since: number, act: (turn: number) => Promise<unknown>): Promise<number> => {
  for (let turn = 0; !isSo(); turn++) {
    const seconds = (performance.now() - since) / 1000
    if (seconds > PATIENCE_SECONDS) throw new Error(`the new certificate was not shown within ${PATIENCE_SECONDS} s`)
    await act(turn)
    await sleep(250)
  }
  return (performance.now() - since) / 1000
}
