// What all trials of one matrix stand on: a control plane with a node, a user's client, and the oracles that watch everything at once.
import { KubeConfig } from '@kubernetes/client-node'
import { inferenceServices, models, modelVersions, trainingJobs } from '../../../operator/controllers/resources.ts'
import { type Client, createClient } from '../../../operator/runtime/client.ts'
import { systemClock } from '../../../operator/runtime/clock.ts'
import { Connection } from '../../../operator/runtime/connection.ts'
import { AuditLog } from '../../cluster/auditlog.ts'
import { until } from '../../e2e/until.ts'
import { type Installation, install } from '../nodes/installation.ts'
import { type ApiReader, apiReader } from '../oracles/apireader.ts'
import { type InvariantWatch, watchInvariants } from '../oracles/invariants.ts'

export interface Ground extends Installation {
  /** Writes as a person would, under a name of its own. */
  client: Client
  reader: ApiReader
  invariants: InvariantWatch
  audit: AuditLog
}

/** As the fault proxy introduces the operator to the API server. */
const OPERATOR = 'system:serviceaccount:tidegate-system:tidegate'

export const openGround = async (): Promise<Ground> => {
  const place = await install()
  const { plane } = place
  const load = () => {
    const config = new KubeConfig()
    config.loadFromFile(plane.kubeconfig)
    return config
  }
  const connection = new Connection({ load, clock: systemClock, userAgent: 'somebody' })
  const client = createClient({ connection, clock: systemClock, fieldManager: 'somebody' })
  // A kind that was just installed is not stored at once.
  const kinds = [trainingJobs, models, modelVersions, inferenceServices]
  await until(
    () => Promise.all(kinds.map(kind => client.list(kind))),
    () => true,
    { within: 30, what: 'the kinds can be listed' },
  )
  const invariants = await watchInvariants({ kubeconfig: plane.kubeconfig })
  const reader = apiReader(plane.kubeconfig)
  return {
    ...place,
    client,
    reader,
    invariants,
    audit: new AuditLog(plane.auditLog, OPERATOR),
    async stop() {
      await invariants.stop()
      reader.close()
      await connection.close()
      await place.stop()
    },
  }
}
