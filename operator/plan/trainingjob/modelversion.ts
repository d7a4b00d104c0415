// Decides what a success leaves behind: a ModelVersion for each bundle under the next free numbers, each made once and found again by its source.
//
// The best is registered last. So its number is the highest of the run, and where it exists, all others do:
//
//   dies before a runner-up    the next pass finds which ranks exist, and makes the lowest that is missing, then the next
//   dies before the best       the same; the run is registered only when the best is seen
//   the status is lost         the best tells that all are there; without it the Job and its pod tell again what was left
import { annotation, label } from '../../api/contract.ts'
import type { ModelVersionSpec } from '../../api/modelversion.ts'
import { API_VERSION } from '../../api/resource.ts'
import type { Run } from '../../api/run.ts'
import type { Child } from '../../runtime/shape.ts'
import { type Book, changed, newest, onlyChecked, versionOf } from './book.ts'
import { ownLabels } from './names.ts'
import type { TrainingWorld } from './world.ts'

const BEST = 1

/** Whether the version exists is seen, not assumed: a POST may have been lost, or been won by somebody else. */
export const register = (world: TrainingWorld, book: Book): Book => {
  const run = newest(book)
  const version = run && isUnregistered(run) ? versionOf(world, run) : undefined
  if (!run || !version) return book
  const { name } = version.metadata
  const runnersUp = ranksOf(book).flatMap(rank => (rank === BEST ? [] : (versionOf(world, run, rank)?.metadata.name ?? [])))
  return { ...changed(book, { ...run, version: name, ...(runnersUp.length > 0 && { runnersUp }) }), version: name }
}

export const isUnregistered = (run: Run): boolean => run.outcome === 'Succeeded' && run.version === undefined && !onlyChecked(run)

/** Of what the newest run left, the best first. */
const ranksOf = ({ runnersUp = [] }: Book): number[] => [BEST, ...runnersUp.map((_, index) => index + BEST + 1)]

/** One at a time: the number of the next one follows from those that are seen. */
export const newVersion = (world: TrainingWorld, book: Book): Child[] => {
  const run = newest(book)
  if (!run || !isUnregistered(run)) return []
  const rank = ranksOf(book).findLast(each => versionOf(world, run, each) === undefined)
  const spec = rank && versionSpec(world, book, { run, rank })
  if (!spec) return []
  const labels = { ...ownLabels(world.object), [label.model]: spec.model }
  // Whoever changed the spec since is not the author of this run.
  const annotations = run.submittedBy ? { annotations: { [annotation.submittedBy]: run.submittedBy } } : {}
  const metadata = { name: `${spec.model}-v${spec.version}`, namespace: world.object.metadata.namespace, labels, ...annotations }
  return [{ mode: 'create', object: { apiVersion: API_VERSION, kind: 'ModelVersion', metadata, spec } }]
}

interface Ranked {
  run: Run
  rank: number
}

const versionSpec = (world: TrainingWorld, book: Book, ranked: Ranked): ModelVersionSpec | undefined => {
  const { metadata } = world.object
  const { run, rank } = ranked
  const left = leftOf(book, ranked)
  const rows = book.dataReport?.testRows
  if (!left || !rows) return undefined
  const { claim, path, digest, metrics, algorithm, mlflowRunId } = left
  const model = modelOf(path)
  return {
    model,
    version: nextVersion(world, model),
    artifact: { claim, path },
    digest,
    evaluation: { rows, metrics },
    source: {
      trainingJob: metadata.name,
      uid: metadata.uid,
      run: run.number,
      ...(book.runnersUp && { rank }),
      ...(run.dataDigest && { dataDigest: run.dataDigest }),
      ...(algorithm && { algorithm }),
      ...(mlflowRunId && { mlflowRunId }),
    },
  }
}

type Left = Pick<NonNullable<Run['artifact']>, 'claim' | 'path' | 'digest'> &
  Pick<Run, 'algorithm' | 'mlflowRunId'> & { metrics: NonNullable<Book['metrics']> }

/** The folder of a runner-up follows from that of the best, so that no trainer can pass off a bundle of another run. */
const leftOf = ({ metrics, runnersUp = [] }: Book, { run, rank }: Ranked): Left | undefined => {
  const { artifact, algorithm, mlflowRunId } = run
  if (!artifact || !metrics) return undefined
  if (rank === BEST) return { ...artifact, metrics, ...(algorithm && { algorithm }), ...(mlflowRunId && { mlflowRunId }) }
  const found = runnersUp[rank - BEST - 1]
  return found && { ...found, claim: artifact.claim, path: `${artifact.path}-${rank}` }
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
