// A model with a ladder, two holders and a few versions, for the tests of the command line.
import type { Model, ModelSpec, ModelStatus } from '../api/model.ts'
import type { ModelVersion } from '../api/modelversion.ts'
import { API_VERSION } from '../api/resource.ts'
import { digestOf } from '../plan/model/sampleworld.ts'

const metadata = (name: string) => ({
  name,
  namespace: 'default',
  uid: `uid-${name}`,
  resourceVersion: '1',
  generation: 1,
  creationTimestamp: '2026-09-01T00:00:00Z',
})

const stages: ModelSpec['stages'] = [
  { name: 'Staging', automatic: true, gates: [{ metric: 'f1', atLeast: 0.8 }] },
  {
    name: 'Production',
    automatic: false,
    approvals: { required: 1, notAuthor: true, expireAfter: '72h', groups: ['churn-owners', 'risk'] },
  },
]

export const model = (status: ModelStatus = {}): Model => ({
  apiVersion: API_VERSION,
  kind: 'Model',
  metadata: metadata('churn'),
  spec: { stages },
  status,
})

export const version = (number: number, status: ModelVersion['status'] = {}): ModelVersion => ({
  apiVersion: API_VERSION,
  kind: 'ModelVersion',
  metadata: metadata(`churn-v${number}`),
  spec: {
    model: 'churn',
    version: number,
    artifact: { claim: 'churn-artifacts', path: `churn/${number}` },
    digest: digestOf(number),
    evaluation: { rows: 400, metrics: [{ name: 'f1', value: 0.8 + number / 100, low: 0.7, high: 0.95, interval: 'bootstrap' }] },
  },
  status,
})

export const move = (number: number, from: string, way: { to: string; at: string; actor?: string }) => ({
  version: number,
  from,
  to: way.to,
  actor: way.actor ?? 'tidegate',
  reason: `reason of ${number}`,
  digest: digestOf(number),
  at: way.at,
})
