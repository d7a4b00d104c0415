// The Deployment of one served version: surge first, drained, restricted, with the bundle mounted read-only.
import { port, serverEnv, serverPath } from '../../api/contract.ts'
import { seconds } from '../../api/fields.ts'
import type { InferenceService } from '../../api/inferenceservice.ts'
import type { ModelVersion } from '../../api/modelversion.ts'
import type { KubeObject } from '../../runtime/shape.ts'
import { restrictedContainer, restrictedPod, temporaryFiles } from '../pods/restricted.ts'
import type { Settings } from '../shape.ts'
import { labels, versionSelector } from './labels.ts'
import { versionName } from './world.ts'

/** Time for endpoints and proxies to learn that a pod leaves, before it hears of it itself. */
const ENDPOINT_DELAY_SECONDS = 1
/** Time in which a leaving pod still answers and asks each connection to close. */
const DRAIN_SECONDS = 4

const scratch = temporaryFiles('64Mi')

export interface Serving {
  service: InferenceService
  version: ModelVersion
  /** Of its bundle. */
  digest: string
  settings: Settings
  image: string
}

/** `spec.replicas` is not part of it: the autoscaler owns that field. */
export const deployment = (serving: Serving): KubeObject => {
  const { service, version } = serving
  const number = version.spec.version
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: versionName(service, number), namespace: service.metadata.namespace, labels: labels(service, number) },
    spec: {
      selector: { matchLabels: versionSelector(service, number) },
      revisionHistoryLimit: 2,
      progressDeadlineSeconds: 600,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: { metadata: { labels: labels(service, number) }, spec: podSpec(serving) },
    },
  }
}

const podSpec = ({ service, version, digest, settings, image }: Serving) => ({
  ...restrictedPod,
  terminationGracePeriodSeconds: ENDPOINT_DELAY_SECONDS + DRAIN_SECONDS + seconds(service.spec.server.requestTimeout) + 5,
  ...(settings.imagePullSecrets.length > 0 && { imagePullSecrets: settings.imagePullSecrets.map(name => ({ name })) }),
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: versionSelector(service, version.spec.version) },
    },
  ],
  containers: [container({ service, version, digest, settings, image })],
  volumes: [{ name: 'artifacts', persistentVolumeClaim: { claimName: version.spec.artifact.claim, readOnly: true } }, scratch.volume],
})

const container = ({ service, version, digest, settings, image }: Serving) => ({
  name: 'server',
  image,
  imagePullPolicy: settings.imagePullPolicy,
  env: environment(service, version, digest),
  ports: [{ name: 'http', containerPort: port.http }],
  resources: resources(service),
  // The process answers /livez from its first moment; /readyz only once the bundle is verified and answered its golden rows.
  // A node that starts many servers at once may need minutes for each; to begin again would take longer still.
  startupProbe: { httpGet: { path: '/livez', port: 'http' }, periodSeconds: 1, failureThreshold: 300 },
  readinessProbe: { httpGet: { path: '/readyz', port: 'http' }, periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 2 },
  livenessProbe: { httpGet: { path: '/livez', port: 'http' }, periodSeconds: 10, timeoutSeconds: 3, failureThreshold: 6 },
  lifecycle: { preStop: { sleep: { seconds: ENDPOINT_DELAY_SECONDS } } },
  ...restrictedContainer,
  volumeMounts: [{ name: 'artifacts', mountPath: serverPath.artifacts, readOnly: true }, scratch.mount],
})

const environment = (service: InferenceService, { spec }: ModelVersion, digest: string) =>
  Object.entries({
    [serverEnv.bundle]: `${serverPath.artifacts}/${spec.artifact.path}`,
    [serverEnv.digest]: digest,
    [serverEnv.model]: spec.model,
    [serverEnv.version]: String(spec.version),
    [serverEnv.inferenceService]: service.metadata.name,
    [serverEnv.requestTimeoutMs]: String(seconds(service.spec.server.requestTimeout) * 1000),
    [serverEnv.maxBodyBytes]: String(service.spec.server.maxBodyBytes),
    [serverEnv.drainSeconds]: String(DRAIN_SECONDS),
  }).map(([name, value]) => ({ name, value }))

const resources = ({ spec }: InferenceService) => ({
  requests: { cpu: '100m', memory: '192Mi', ...spec.server.resources?.requests },
  limits: { cpu: '1', memory: '512Mi', ...spec.server.resources?.limits },
})
