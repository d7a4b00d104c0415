// Decides what the pod of a run looks like: one restricted container without API access, data read-only, bundles on the artifacts claim.
import { port, trainerEnv, trainerPath } from '../../api/contract.ts'
import type { Resources } from '../../api/fields.ts'
import type { Run } from '../../api/run.ts'
import type { Job } from '../observed.ts'
import { restrictedContainer, restrictedPod, temporaryFiles } from '../pods/restricted.ts'
import { artifactsClaim, CONTAINER, dataClaim, onlyChecks, runLabels, runName } from './names.ts'
import type { TrainingWorld } from './world.ts'

const DEFAULT_RESOURCES: Resources = { requests: { cpu: '250m', memory: '512Mi' }, limits: { memory: '2Gi' } }

const ARTIFACTS_VOLUME = 'artifacts'

interface Mounted {
  volumes: object[]
  mounts: object[]
}

export const podTemplate = ({ object, settings }: TrainingWorld, run: Run) => {
  const { image, resources = DEFAULT_RESOURCES } = object.spec.compute
  const { volumes, mounts } = mounted(object, run)
  return {
    metadata: { labels: runLabels(object, run.number) },
    spec: {
      ...restrictedPod,
      restartPolicy: 'Never',
      ...(settings.imagePullSecrets.length > 0 && { imagePullSecrets: settings.imagePullSecrets.map(name => ({ name })) }),
      containers: [
        {
          name: CONTAINER,
          image: image ?? settings.trainerImage,
          imagePullPolicy: settings.imagePullPolicy,
          args: ['--config', trainerPath.config],
          env: [jobUid],
          ports: [{ name: 'progress', containerPort: port.progress, protocol: 'TCP' }],
          resources,
          ...restrictedContainer,
          volumeMounts: mounts,
        },
      ],
      volumes,
    },
  }
}

/** The claim that the pods of a Job write to, whatever the spec names by now; undefined for a Job that only checks rows. */
export const artifactsClaimOf = (job: Job): string | undefined => {
  const spec = (job.spec ?? {}) as { template?: { spec?: { volumes?: { name: string; persistentVolumeClaim?: { claimName: string } }[] } } }
  return spec.template?.spec?.volumes?.find(({ name }) => name === ARTIFACTS_VOLUME)?.persistentVolumeClaim?.claimName
}

/** The uid of a Job exists only once the Job does, so the pod reads it from the label that Kubernetes gives it. */
const jobUid = {
  name: trainerEnv.jobUid,
  valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: "metadata.labels['batch.kubernetes.io/controller-uid']" } },
}

const mounted = (job: TrainingWorld['object'], run: Run): Mounted => {
  const folder = trainerPath.config.slice(0, trainerPath.config.lastIndexOf('/'))
  const parts = [
    temporaryFiles('512Mi'),
    {
      volume: { name: 'config', configMap: { name: runName(job, run.number) } },
      mount: { name: 'config', mountPath: folder, readOnly: true },
    },
    ...bundles(job),
    ...rows(job),
  ]
  return { volumes: parts.flatMap(({ volume }) => volume ?? []), mounts: parts.map(({ mount }) => mount) }
}

const bundles = (job: TrainingWorld['object']) => {
  if (onlyChecks(job)) return []
  const volume = { name: ARTIFACTS_VOLUME, persistentVolumeClaim: { claimName: artifactsClaim(job) } }
  return [{ volume, mount: { name: ARTIFACTS_VOLUME, mountPath: trainerPath.artifacts } }]
}

const rows = (job: TrainingWorld['object']) => {
  const { csv, configMap } = job.spec.data.source
  if (csv) return [claimRows(dataClaim(job), onlyChecks(job) ? undefined : artifactsClaim(job))]
  if (!configMap) return []
  // Optional: without the ConfigMap the trainer says DataMissing or takes the fallback; otherwise the pod would hang without a word.
  const volume = { name: 'configmap-data', configMap: { name: configMap.name, optional: true } }
  return [{ volume, mount: { name: volume.name, mountPath: trainerPath.configMapData, readOnly: true } }]
}

/** One claim is one volume: the kubelet never gets ready with two volumes of the same claim in a pod. */
const claimRows = (data: string, artifacts: string | undefined) => {
  const shared = data === artifacts
  const name = shared ? ARTIFACTS_VOLUME : 'data'
  return {
    ...(!shared && { volume: { name, persistentVolumeClaim: { claimName: data } } }),
    mount: { name, mountPath: trainerPath.data, readOnly: true },
  }
}
