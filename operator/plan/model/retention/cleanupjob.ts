// Decides what the Job is that removes bundles: the server's image, one claim, and the folders by name and digest.
import type { CleanupConfig } from '../../../api/cleanupjob.ts'
import { CONTRACT_VERSION, cleanupPath, label } from '../../../api/contract.ts'
import type { Model } from '../../../api/model.ts'
import type { ModelVersion } from '../../../api/modelversion.ts'
import type { KubeObject } from '../../../runtime/shape.ts'
import { restrictedContainer, restrictedPod } from '../../pods/restricted.ts'
import type { Settings } from '../../shape.ts'

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
  const labels = {
    [label.managedBy]: 'tidegate',
    [label.name]: 'cleanup',
    [label.model]: model.metadata.name,
    [label.cleanup]: batch.name,
  }
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: cleanupJobName(model, batch.name), namespace: model.metadata.namespace, labels },
    spec: {
      completions: 1,
      parallelism: 1,
      backoffLimit: 2,
      activeDeadlineSeconds: DEADLINE_SECONDS,
      podReplacementPolicy: 'Failed',
      podFailurePolicy: { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }] },
      template: { metadata: { labels }, spec: podSpec(batch, settings) },
    },
  }
}

const podSpec = (batch: Batch, settings: Settings) => ({
  ...restrictedPod,
  restartPolicy: 'Never',
  ...(settings.imagePullSecrets.length > 0 && { imagePullSecrets: settings.imagePullSecrets.map(name => ({ name })) }),
  containers: [
    {
      name: CONTAINER,
      image: settings.serverImage,
      imagePullPolicy: settings.imagePullPolicy,
      command: ['node', '--disable-proto=delete', '/opt/tidegate/cleanup.js'],
      args: ['--config', JSON.stringify(configOf(batch))],
      resources: RESOURCES,
      ...restrictedContainer,
      volumeMounts: [{ name: 'bundles', mountPath: cleanupPath }],
    },
  ],
  volumes: [{ name: 'bundles', persistentVolumeClaim: { claimName: batch.versions[0]?.spec.artifact.claim } }],
})

const configOf = ({ versions }: Batch): CleanupConfig => ({
  contract: CONTRACT_VERSION,
  root: cleanupPath,
  bundles: versions.map(({ spec }) => ({ version: spec.version, path: spec.artifact.path, digest: spec.digest })),
})
