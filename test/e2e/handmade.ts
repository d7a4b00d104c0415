// Models, versions and services made by hand, as somebody would who imports a model that was trained elsewhere.
import type { InferenceServiceSpec } from '../../operator/api/inferenceservice.ts'
import type { ModelSpec } from '../../operator/api/model.ts'
import type { ModelVersionSpec } from '../../operator/api/modelversion.ts'
import type { Manifest } from './example.ts'

const apiVersion = 'tidegate.io/v1alpha1'

/** One stage without gates: every version enters. */
export const openModel = (name: string): Manifest<ModelSpec> => ({
  apiVersion,
  kind: 'Model',
  metadata: { name },
  spec: { stages: [{ name: 'Production' }] },
})

type Bundle = Pick<ModelVersionSpec, 'artifact' | 'digest'>

export const version = (model: string, number: number, bundle: Bundle): Manifest<ModelVersionSpec> => ({
  apiVersion,
  kind: 'ModelVersion',
  metadata: { name: `${model}-v${number}` },
  spec: { model, version: number, ...bundle, evaluation: { rows: 30, metrics: [{ name: 'accuracy', value: 0.9 }] } },
})

export const service = (
  name: string,
  model: string,
  change: Partial<Manifest<InferenceServiceSpec>['spec']> = {},
): Manifest<InferenceServiceSpec> => ({
  apiVersion,
  kind: 'InferenceService',
  metadata: { name },
  spec: { model, traffic: [{ version: 1 }], ...change },
})

/** Where nothing is: enough for pods that never get as far as reading it. */
export const nowhere = (claim: string): Bundle => ({ artifact: { claim, path: 'nowhere' }, digest: `sha256:${'0'.repeat(64)}` })

export const claim = (name: string, storageClassName?: string): object => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name },
  spec: {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '10Mi' } },
    ...(storageClassName && { storageClassName }),
  },
})
