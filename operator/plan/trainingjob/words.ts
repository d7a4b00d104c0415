// Decides how numbers of a run read in a sentence.
import type { Observation } from '../../api/conditions.ts'
import { podsOf } from '../pods/ofjob.ts'
import { type Book, jobOf, newest } from './book.ts'
import { isCrowded } from './run.ts'
import type { TrainingWorld } from './world.ts'

export const number = (value: number | undefined): string => (value === undefined ? 'an unknown number of' : value.toLocaleString('en-US'))

export const size = (bytes: number | undefined): string => (bytes ? ` of ${bytes.toLocaleString('en-US')} bytes` : '')

/** The first metric, with its interval: `accuracy 0.967 (95% CI 0.833–0.994)`. */
export const headline = ({ metrics }: Book): string => {
  const metric = metrics?.find(each => each.name === 'accuracy') ?? metrics?.[0]
  if (!metric) return 'no metrics'
  const { name, value, low, high } = metric
  const interval = low === undefined || high === undefined ? '' : ` (95% CI ${digits(low)}–${digits(high)})`
  return `${name} ${digits(value)}${interval}`
}

const digits = (value: number): string => String(Number(value.toPrecision(3)))

/** Where a run is that nothing stands in the way of. */
export const underWay = (world: TrainingWorld, book: Book): Omit<Observation, 'type'> => {
  const pending = (message: string) => ({ status: 'Unknown', reason: 'Pending', message }) as const
  const run = newest(book)
  if (!run) return pending('the first run is about to begin')
  const job = jobOf(world, run)
  if (!job && isCrowded(world, run)) return pending(`run ${run.number} begins when the pods of the run before are gone`)
  const [pod] = podsOf(world.seen.pods, job)
  if (!pod) return pending(`run ${run.number} waits for its pod`)
  const attempt = attemptOf(world, job?.status?.failed)
  if (pod.status?.phase === 'Succeeded')
    return { status: 'Unknown', reason: 'Running', message: `run ${run.number}${attempt} has ended; its summary is being read` }
  if (pod.status?.phase !== 'Running') return pending(`the pod of run ${run.number}${attempt} is being started`)
  return { status: 'Unknown', reason: 'Running', message: `run ${run.number}${attempt} is at work${progressOf(book)}` }
}

const attemptOf = ({ object }: TrainingWorld, failed = 0): string =>
  failed === 0 ? '' : ` (attempt ${failed + 1} of ${object.spec.compute.retries + 1})`

const progressOf = ({ progress }: Book): string => {
  if (!progress) return ''
  const eta = progress.etaSeconds === undefined ? '' : `, about ${progress.etaSeconds} s left`
  return `: ${progress.stage}, ${progress.percent}%${eta}`
}
