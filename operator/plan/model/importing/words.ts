// How far the import of a version is, in words: what keeps it from being judged and served.
import type { Reason } from '../../../api/conditions.ts'
import type { ImportSource } from '../../../api/import.ts'
import type { ModelVersion } from '../../../api/modelversion.ts'
import { bundleOf } from '../../../api/versionbundle.ts'
import { isFinished, LOST_AFTER_SECONDS } from '../../pods/ofjob.ts'
import { retryAt } from '../gaterun/measured.ts'
import { troubleOf } from '../serverjob/answer.ts'
import type { ServerJobs } from '../serverjob/jobs.ts'
import { importJobName } from './job.ts'

export const causeWords = { image: "the operator's server image", resources: 'the limits of the Job' }

export interface Unimported {
  reason: Extract<Reason, 'Importing' | 'ImportFailed'>
  message: string
  /** When it is worth another look. */
  until?: Date
  /** Nothing happens until a person acts. */
  isStalled?: boolean
}

/** Where it comes from, without what an address may hold besides: a query may be a key. */
export const sourceWords = ({ mlflow, s3, https, claim }: ImportSource): string => {
  if (mlflow) return `run ${mlflow.run} in MLflow${mlflow.path ? `, ${mlflow.path}` : ''}`
  if (s3) return `s3://${s3.bucket}/${s3.key}`
  if (https) return https.url.split('?', 1)[0] ?? ''
  return `claim ${claim?.name}, path ${claim?.path}`
}

/** Undefined for a version that has its bundle. */
export const unimported = (version: ModelVersion, imports: ServerJobs, now: Date): Unimported | undefined => {
  const { spec, status } = version
  if (!spec.import || bundleOf(version)) return undefined
  const { from } = spec.import
  if (from.mlflow && !from.mlflow.uri && !imports.settings.tracking) {
    const message =
      'spec.import.from.mlflow has no uri, and the operator has no tracking server: install it with tracking.uri, or create the version again with a uri'
    return { reason: 'ImportFailed', message, isStalled: true }
  }
  const failed = status?.import
  const again = failed && retryAt(failed)
  if (failed?.final) {
    const message = `not imported from ${sourceWords(from)}: ${failed.message}; when that is mended, delete this ModelVersion and create it again`
    return { reason: 'ImportFailed', message, isStalled: true }
  }
  if (failed && again && again > now) {
    const message = `not imported from ${sourceWords(from)}: ${failed.message}; it is tried again from ${again.toISOString().slice(0, 16)}Z on`
    return { reason: 'ImportFailed', message, until: again }
  }
  return underWay(version, imports, now)
}

const underWay = (version: ModelVersion, imports: ServerJobs, now: Date): Unimported => {
  const { spec, status } = version
  const name = importJobName(version)
  const trouble = troubleOf(name, imports, causeWords)
  const told = trouble ?? (status?.import && `the last try failed: ${status.import.message}`)
  const message = `is being imported from ${spec.import ? sourceWords(spec.import.from) : 'nowhere'}${told ? `, but ${told}` : ''}`
  // It has ended, and its pod is not seen yet.
  const isUnheard = imports.jobs.some(job => job.metadata.name === name && isFinished(job))
  return { reason: 'Importing', message, ...(isUnheard && { until: new Date(now.getTime() + LOST_AFTER_SECONDS * 1000) }) }
}
