// Decides what the Job of a gate run is: the server's image, the bundles of both versions read-only, no network of its own making.
import { CONTRACT_VERSION, exitCode, gatePath, label } from '../../../api/contract.ts'
import { seconds } from '../../../api/fields.ts'
import type { GateConfig } from '../../../api/gatejob.ts'
import type { Model } from '../../../api/model.ts'
import type { ModelVersion } from '../../../api/modelversion.ts'
import { digestOf } from '../../../api/versionbundle.ts'
import type { KubeObject } from '../../../runtime/shape.ts'
import { temporaryFiles } from '../../pods/restricted.ts'
import { sha256 } from '../../sha256.ts'
import type { Settings } from '../../shape.ts'
import { type Program, serverJob } from '../serverjob/job.ts'
import { type Challenge, gateRunOf } from './challenge.ts'
import { gatesForJob, measurementOf } from './measured.ts'

export const CONTAINER = 'gates'

const DEFAULT_RESOURCES = { requests: { cpu: '250m', memory: '256Mi' }, limits: { cpu: '1', memory: '1Gi' } }
const DEFAULT_DEADLINE = '15m'

/** Another judgement has another Job, and so has another try of the same. */
export const jobName = (challenge: Challenge): string => {
  const tries = measurementOf(challenge)?.failures ?? 0
  return `${challenge.version.metadata.name}-gate-${sha256(`${gateRunOf(challenge)} ${tries}`).slice(0, 8)}`
}

export const gateJob = (challenge: Challenge, model: Model, settings: Settings): KubeObject => {
  const { resources = DEFAULT_RESOURCES, deadline = DEFAULT_DEADLINE } = model.spec.gateJob ?? {}
  const program: Program = {
    name: jobName(challenge),
    namespace: model.metadata.namespace,
    labels: labelsOf(challenge),
    container: CONTAINER,
    script: 'gate.js',
    config: configOf(challenge),
    resources,
    deadlineSeconds: seconds(deadline),
    finalExitCodes: [exitCode.badInput],
    parts: [...claimsOf(challenge), temporaryFiles('256Mi')],
  }
  return serverJob(program, settings)
}

const labelsOf = (challenge: Challenge): Record<string, string> => ({
  [label.managedBy]: 'tidegate',
  [label.name]: 'gate-run',
  [label.model]: challenge.version.spec.model,
  [label.version]: String(challenge.version.spec.version),
  [label.gateRun]: gateRunOf(challenge),
})

/** One claim is one volume: the kubelet never gets ready with two volumes of the same claim in a pod. */
const claimsOf = ({ version, holder }: Challenge) => {
  const [own, other] = [version.spec.artifact.claim, holder?.version?.spec.artifact.claim]
  const claim = (name: string, claimName: string) => ({ name, persistentVolumeClaim: { claimName, readOnly: true } })
  return [
    { volume: claim('challenger', own), mount: { name: 'challenger', mountPath: gatePath.challenger, readOnly: true } },
    ...(other === undefined
      ? []
      : [
          {
            volume: other === own ? undefined : claim('holder', other),
            mount: { name: other === own ? 'challenger' : 'holder', mountPath: gatePath.holder, readOnly: true },
          },
        ]),
  ]
}

const configOf = (challenge: Challenge): GateConfig => {
  const { version, holder, stage } = challenge
  return {
    contract: CONTRACT_VERSION,
    model: version.spec.model,
    stage: stage.name,
    gateRun: gateRunOf(challenge),
    challenger: sideOf(version, gatePath.challenger),
    ...(holder?.version && { holder: sideOf(holder.version, gatePath.holder) }),
    gates: gatesForJob(challenge),
  }
}

const sideOf = (version: ModelVersion, root: string): GateConfig['challenger'] => ({
  version: version.spec.version,
  digest: digestOf(version),
  folder: `${root}/${version.spec.artifact.path}`,
})
