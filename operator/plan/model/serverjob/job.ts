// Decides what every Job of a model looks like that runs a program of the server's image: one restricted container, retried twice, no access to the API.
import type { KubeObject } from '../../../runtime/shape.ts'
import { restrictedContainer, restrictedPod } from '../../pods/restricted.ts'
import type { Settings } from '../../shape.ts'

export interface Program {
  name: string
  namespace: string | undefined
  labels: Record<string, string>
  container: string
  /** File name in the image. */
  script: string
  config: object
  /** Variables of the container. */
  env?: readonly object[]
  resources: object
  deadlineSeconds: number
  /** After these no other try can end otherwise. */
  finalExitCodes?: readonly number[]
  /** A mount may share the volume of another. */
  parts: readonly { volume?: object | undefined; mount: object }[]
}

export const serverJob = (program: Program, settings: Settings): KubeObject => {
  const { name, namespace, labels, container, deadlineSeconds, finalExitCodes } = program
  const isFinal = { action: 'FailJob', onExitCodes: { containerName: container, operator: 'In', values: finalExitCodes } }
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace, labels },
    spec: {
      completions: 1,
      parallelism: 1,
      backoffLimit: 2,
      activeDeadlineSeconds: deadlineSeconds,
      podReplacementPolicy: 'Failed',
      podFailurePolicy: {
        rules: [
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
          ...(finalExitCodes ? [isFinal] : []),
        ],
      },
      template: { metadata: { labels }, spec: podSpec(program, settings) },
    },
  }
}

const podSpec = ({ container, script, config, env = [], resources, parts }: Program, settings: Settings) => ({
  ...restrictedPod,
  restartPolicy: 'Never',
  ...(settings.imagePullSecrets.length > 0 && { imagePullSecrets: settings.imagePullSecrets.map(name => ({ name })) }),
  containers: [
    {
      name: container,
      image: settings.serverImage,
      imagePullPolicy: settings.imagePullPolicy,
      command: ['node', '--disable-proto=delete', `/opt/tidegate/${script}`],
      args: ['--config', JSON.stringify(config)],
      ...(env.length > 0 && { env }),
      resources,
      ...restrictedContainer,
      volumeMounts: parts.map(({ mount }) => mount),
    },
  ],
  volumes: parts.flatMap(({ volume }) => volume ?? []),
})
