// Decides what a success leaves behind: one ModelVersion under the next free number, made once and found again by its source.
import { annotation, label } from '../../api/contract.ts'
import type { ModelVersionSpec } from '../../api/modelversion.ts'
import { API_VERSION } from '../../api/resource.ts'
import type { Run } from '../../api/trainingjob.ts'
import type { Child } from '../../runtime/shape.ts'
import { type Book, changed, newest, onlyChecked, versionOf } from './book.ts'
import { ownLabels } from './names.ts'
import { specDigest } from './specdigest.ts'
import type { TrainingWorld } from './world.ts'

/** Whether the version exists is seen, not assumed: a POST may have been lost, or been won by somebody else. */
export const register = (world: TrainingWorld, book: Book): Book => {
  const run = newest(book)
  const version = run && isUnregistered(run) ? versionOf(world, run) : undefined
  if (!run || !version) return book
  const { name } = version.metadata
  return { ...changed(book, { ...run, version: name }), version: name }
}

export const isUnregistered = (run: Run): boolean => run.outcome === 'Succeeded' && run.version === undefined && !onlyChecked(run)

export const newVersion = (world: TrainingWorld, book: Book): Child[] => {
  const run = newest(book)
  if (!run || !isUnregistered(run)) return []
  const spec = versionSpec(world, book, run)
  if (!spec) return []
  const labels = { ...ownLabels(world.object), [label.model]: spec.model }
  // Whoever changed the spec since is not the author of this run.
  const annotations = run.submittedBy ? { annotations: { [annotation.submittedBy]: run.submittedBy } } : {}
  const metadata = { name: `${spec.model}-v${spec.version}`, namespace: world.object.metadata.namespace, labels, ...annotations }
  return [{ mode: 'create', object: { apiVersion: API_VERSION, kind: 'ModelVersion', metadata, spec } }]
}

const versionSpec = (world: TrainingWorld, { metrics, dataReport }: Book, run: Run): ModelVersionSpec | undefined => {
  const { metadata, spec } = world.object
  if (!run.artifact || !metrics || !dataReport?.testRows) return undefined
  const { claim, path, digest } = run.artifact
  const model = modelOf(path)
  // The spec may have changed since; what the run computed is certain only while the digest is the same.
  const algorithm = run.specDigest === specDigest(spec) ? spec.candidates[0]?.algorithm : undefined
  return {
    model,
    version: nextVersion(world, model),
    artifact: { claim, path },
    digest,
    evaluation: { rows: dataReport.testRows, metrics },
    source: {
      trainingJob: metadata.name,
      uid: metadata.uid,
      run: run.number,
      ...(run.dataDigest && { dataDigest: run.dataDigest }),
      ...(algorithm && { algorithm }),
      ...(run.mlflowRunId && { mlflowRunId: run.mlflowRunId }),
    },
  }
}

/** What the run was told to train: the spec may name another model by now, and the folder of a bundle was checked to begin with it. */
const modelOf = (path: string): string => path.slice(0, path.indexOf('/'))

/** One more than any number known: of the registry, of the versions that exist, of names that a POST found taken. */
const nextVersion = ({ seen, conflicts }: TrainingWorld, model: string): number => {
  const last = seen.model?.metadata.name === model ? (seen.model.status?.lastVersion ?? 0) : 0
  const seenNumbers = seen.versions.flatMap(({ spec }) => (spec.model === model ? [spec.version] : []))
  const taken = conflicts.flatMap(({ kind, name }) => (kind === 'ModelVersion' && name.startsWith(`${model}-v`) ? [numberOf(name)] : []))
  return 1 + Math.max(last, 0, ...seenNumbers, ...taken)
}

const numberOf = (name: string): number => {
  const number = Number(name.slice(name.lastIndexOf('-v') + 2))
  return Number.isSafeInteger(number) ? number : 0
}
