// A control plane that knows our kinds, with no operator, and the command line beside it.
import { join } from 'node:path'
import { models, modelVersions, trainingJobs } from '../../../operator/controllers/resources.ts'
import type { Client } from '../../../operator/runtime/client.ts'
import { run } from '../../cluster/command.ts'
import { type ControlPlane, startControlPlane } from '../../cluster/controlplane.ts'
import { eventually, testClient } from '../runtime/operate.ts'
import { installed, type Program } from './program.ts'

const CRDS = join(import.meta.dirname, '../../../crds')

export interface Opened {
  plane: ControlPlane
  client: Client
  program: Program
  stop: () => Promise<void>
}

export const openCli = async (controllers: readonly string[] = []): Promise<Opened> => {
  const plane = await startControlPlane(controllers.length > 0 ? { controllers } : {})
  const client = testClient(plane)
  const program = await installed()
  const stop = async () => {
    program.remove()
    await client.close()
    await plane.stop()
  }
  await run([plane.kubectl, 'apply', '--server-side', '-f', CRDS], { env: { ...process.env, KUBECONFIG: plane.kubeconfig } })
  const isServed = () => Promise.all([models, modelVersions, trainingJobs].map(kind => client.list(kind)))
  await eventually(
    () =>
      isServed().then(
        () => true,
        () => false,
      ),
    served => served,
  )
  return { plane, client, program, stop }
}
