// Decides what the Job is that removes bundles: the server's image, one claim, and the folders by name and digest.
import type { CleanupConfig } from '../../../api/cleanupjob.ts'
import { CONTRACT_VERSION, cleanupPath, label } from '../../../api/contract.ts'
import type { Model } from '../../../api/model.ts'
import type { ModelVersion } from '../../../api/modelversion.ts'
import { digestOf } from '../../../api/versionbundle.ts'
import type { KubeObject } from '../../../runtime/shape.ts'
import type { Settings } from '../../shape.ts'
import { type Program, serverJob } from '../serverjob/job.ts'

export const CONTAINER = 'cleanup'

const RESOURCES = { requests: { cpu: '50m', memory: '64Mi' }, limits: { cpu: '500m', memory: '256Mi' } }
const DEADLINE_SECONDS = 1800

export const cleanupJobName = (model: Model, batch: string): string => `${model.metadata.name}-cleanup-${batch}`

export interface Batch {
  name: string
  /** All on one claim. */
  versions: readonly ModelVersion[]
}

export const cleanupJob = (model: Model, batch: Batch, settings: Settings): KubeObject => {
  const claimName = batch.versions[0]?.spec.artifact.claim
  const program: Program = {
    name: cleanupJobName(model, batch.name),
    namespace: model.metadata.namespace,
    labels: {
      [label.managedBy]: 'tidegate',
      [label.name]: 'cleanup',
      [label.model]: model.metadata.name,
      [label.cleanup]: batch.name,
    },
    container: CONTAINER,
    script: 'cleanup.js',
    config: configOf(batch),
    resources: RESOURCES,
    deadlineSeconds: DEADLINE_SECONDS,
    parts: [{ volume: { name: 'bundles', persistentVolumeClaim: { claimName } }, mount: { name: 'bundles', mountPath: cleanupPath } }],
  }
  return serverJob(program, settings)
}

const configOf = ({ versions }: Batch): CleanupConfig => ({
  contract: CONTRACT_VERSION,
  root: cleanupPath,
  bundles: versions.map(version => ({ version: version.spec.version, path: version.spec.artifact.path, digest: digestOf(version) })),
})
