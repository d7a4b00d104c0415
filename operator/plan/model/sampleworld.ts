// A model, its versions and its Decisions as tests need them: short to say, complete enough for the plan.
import { annotation } from '../../api/contract.ts'
import type { Decision, DecisionSpec } from '../../api/decision.ts'
import type { InferenceService, InferenceServiceStatus } from '../../api/inferenceservice.ts'
import type { Model, ModelSpec, ModelStatus, Stage } from '../../api/model.ts'
import type { ModelVersion } from '../../api/modelversion.ts'
import { gateRunOf } from './gaterun/challenge.ts'
import type { ServerJobs } from './serverjob/jobs.ts'

export const start = new Date('2026-01-01T00:00:00Z')

export const later = (minutes: number): Date => new Date(start.getTime() + minutes * 60_000)

const meta = (name: string, at: Date = start) => ({
  name,
  namespace: 'ns',
  uid: name,
  resourceVersion: '1',
  generation: 1,
  creationTimestamp: at.toISOString(),
})

export const digestOf = (number: number): string => `sha256:${String(number).padStart(64, '0')}`

export const sampleVersion = (number: number, accuracy: number, { author, at }: { author?: string; at?: Date } = {}): ModelVersion => ({
  apiVersion: 'tidegate.io/v1alpha1',
  kind: 'ModelVersion',
  metadata: { ...meta(`iris-v${number}`, at), ...(author && { annotations: { [annotation.submittedBy]: author } }) },
  spec: {
    model: 'iris',
    version: number,
    artifact: { claim: 'iris-artifacts', path: `iris/${number}` },
    digest: digestOf(number),
    evaluation: { rows: 30, metrics: [{ name: 'accuracy', value: accuracy }] },
  },
})

export const sampleModel = (spec: ModelSpec, status?: ModelStatus): Model => ({
  apiVersion: 'tidegate.io/v1alpha1',
  kind: 'Model',
  metadata: meta('iris'),
  spec,
  ...(status && { status }),
})

let count = 0

export const sampleDecision = (
  spec: Pick<DecisionSpec, 'action' | 'stage'> & Partial<DecisionSpec>,
  { at = start, name = `decision-${++count}` }: { at?: Date; name?: string } = {},
): Decision => ({
  apiVersion: 'tidegate.io/v1alpha1',
  kind: 'Decision',
  metadata: meta(name, at),
  spec: { model: 'iris', by: 'ann', ...spec },
})

/** No gate needs a Job, and nothing was refused. */
export const noServerJobs: ServerJobs = {
  jobs: [],
  pods: [],
  failures: [],
  conflicts: [],
  refusals: [],
  settings: { trainerImage: 'trainer:1', serverImage: 'server:1', imagePullPolicy: 'IfNotPresent', imagePullSecrets: [] },
}

/** What a world has besides a model, its versions, its Decisions and the time. */
export const nothingElse = { ledger: [], services: [], neighbours: [], serverJobs: noServerJobs }

/** As a reviewer writes it who looked at this very version at this very stage, which nobody else holds. */
export const approval = (
  stage: Stage,
  version: ModelVersion,
  { by = 'ann', groups, at }: { by?: string; groups?: string[]; at?: Date } = {},
): Decision =>
  sampleDecision(
    {
      action: 'Approve',
      stage: stage.name,
      version: version.spec.version,
      digest: version.spec.digest,
      gateRun: gateRunOf({ stage, version, holder: undefined }),
      by,
      ...(groups && { groups }),
    },
    { ...(at && { at }) },
  )

/** A service of the model iris that asks for Production, unless it asks for a version. */
export const sampleService = (name: string, status?: InferenceServiceStatus, version?: number): InferenceService => ({
  apiVersion: 'tidegate.io/v1alpha1',
  kind: 'InferenceService',
  metadata: meta(name),
  spec: {
    model: 'iris',
    traffic: [version === undefined ? { stage: 'Production' } : { version }],
    server: { requestTimeout: '10s', maxBodyBytes: 4_194_304 },
    autoscaling: { min: 1, max: 3, cpu: 70 },
  },
  ...(status && { status }),
})
