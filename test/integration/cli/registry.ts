// What the commands read: a model with holders and a past, versions, a TrainingJob, a service; written by hand, for no operator runs here.
import { model, move, version } from '../../../operator/cli/example.ts'
import { inferenceServices, models, modelVersions, trainingJobs } from '../../../operator/controllers/resources.ts'
import type { Client } from '../../../operator/runtime/client.ts'
import type { KubeObject, ResourceRef } from '../../../operator/runtime/shape.ts'
import { good } from '../api/goodobjects.ts'

const DATA = `sha256:${'d'.repeat(64)}`

const ready = (reason: string, message: string) => ({
  type: 'Ready',
  status: 'True',
  reason,
  message,
  observedGeneration: 1,
  lastTransitionTime: '2026-10-05T00:00:00Z',
})

/** Spec and status; what the server gives is left out. */
const written = async (client: Client, resource: ResourceRef, object: object): Promise<KubeObject> => {
  const { metadata, status, ...rest } = object as KubeObject
  const { name, namespace } = metadata
  const created = await client.create(resource, { ...rest, metadata: { name, namespace } } as KubeObject)
  return status === undefined ? created : await client.putStatus(resource, { ...created, status })
}

export const registry = async (client: Client): Promise<void> => {
  const job = await written(client, trainingJobs, trainingJob)
  const source = { trainingJob: 'churn', uid: job.metadata.uid, dataDigest: DATA, algorithm: 'randomForest' }
  for (const [number, status] of Object.entries(versions)) {
    const one = version(Number(number), status)
    await written(client, modelVersions, { ...one, spec: { ...one.spec, source: { ...source, run: Number(number) } } })
  }
  await written(client, models, past)
  await written(client, inferenceServices, service)
}

const versions: Record<number, NonNullable<Parameters<typeof version>[1]>> = {
  4: { stage: 'Archived', gates: [], conditions: [] },
  5: {
    stage: 'Production',
    gates: [{ stage: 'Staging', name: 'f1 atLeast 0.8', verdict: 'Pass', message: 'f1 0.85' }],
    conditions: [],
  },
  6: {
    stage: 'Staging',
    gateRun: 'judgement-6',
    gates: [{ stage: 'Staging', name: 'f1 atLeast 0.8', verdict: 'Pass', message: 'f1 0.86' }],
    conditions: [ready('Held', 'holds Staging; waits for 1 approval for Production')] as never,
  },
  7: { stage: 'None', conditions: [ready('GatesFailed', 'not in Staging: f1 0.78 < 0.80 (95% CI 0.71–0.84)')] as never },
}

const past = model({
  holders: { Staging: 6, Production: 5 },
  since: { Staging: '2026-10-03T00:00:00Z', Production: '2026-10-02T00:00:00Z' },
  holds: [{ stage: 'Production', by: 'otto', reason: 'rolled back', at: '2026-10-02T00:00:00Z' }],
  archived: [4],
  rejected: [{ version: 3, by: 'otto', reason: 'worse for new customers', at: '2026-10-01T00:00:00Z' }],
  lastVersion: 7,
  history: [
    move(6, 'None', { to: 'Staging', at: '2026-10-03T00:00:00Z' }),
    move(5, 'Staging', { to: 'Production', at: '2026-10-02T00:00:00Z', actor: 'otto' }),
    move(4, 'Production', { to: 'Archived', at: '2026-10-02T00:00:00Z', actor: 'otto' }),
    move(5, 'None', { to: 'Staging', at: '2026-10-01T12:00:00Z' }),
    move(4, 'Staging', { to: 'Production', at: '2026-10-01T00:00:00Z', actor: 'otto' }),
    move(4, 'None', { to: 'Staging', at: '2026-09-30T00:00:00Z' }),
  ],
  conditions: [ready('Consistent', 'Production is held by version 5')] as never,
})

const trainingJob = {
  ...good.TrainingJob,
  metadata: { name: 'churn', namespace: 'default' },
  spec: { ...good.TrainingJob.spec, model: 'churn' },
  status: {
    runs: [6, 5].map(number => ({
      number,
      specDigest: 'sha256:a',
      startedAt: '2026-10-01T00:00:00Z',
      finishedAt: '2026-10-01T00:05:00Z',
      outcome: 'Succeeded',
    })),
  },
}

const service = {
  ...good.InferenceService,
  metadata: { name: 'churn-api', namespace: 'default' },
  spec: { model: 'churn', traffic: [{ stage: 'Production' }] },
  status: { entry: 5, url: 'http://churn.example.org', traffic: [{ version: 5, digest: 'sha256:5', replicas: 2, ready: 2 }] },
}
