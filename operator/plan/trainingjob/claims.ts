// Decides which claims are made: those that the spec does not name. They carry no owner, because bundles outlive the TrainingJob.
import type { Storage } from '../../api/fields.ts'
import type { TrainingJob } from '../../api/trainingjob.ts'
import type { Child } from '../../runtime/shape.ts'
import { artifactsClaim, dataClaim, onlyChecks, ownLabels } from './names.ts'

const DEFAULT_SIZE = '1Gi'

export const claims = (job: TrainingJob): Child[] => {
  const { csv } = job.spec.data.source
  const { data, artifacts } = job.spec.storage
  return [
    ...(csv && !csv.claim && !data.claim ? [claim(job, dataClaim(job), data)] : []),
    ...(artifacts.claim || onlyChecks(job) ? [] : [claim(job, artifactsClaim(job), artifacts)]),
  ]
}

const claim = (job: TrainingJob, name: string, { size, className, accessMode }: Storage): Child => ({
  mode: 'keep',
  object: {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: job.metadata.namespace, labels: ownLabels(job) },
    spec: {
      accessModes: [accessMode ?? 'ReadWriteOnce'],
      ...(className && { storageClassName: className }),
      resources: { requests: { storage: size ?? DEFAULT_SIZE } },
    },
  },
})
