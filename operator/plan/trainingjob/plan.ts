// The whole story of a TrainingJob: harvest what ended, register it, hear the gates, decide whether a run is due, and say how things stand.
//
// The status is written first, with the version it was computed from as the precondition: a number is taken before its Job exists,
// an end is remembered before the Job may be forgotten, and a pass that looked at an old status does nothing at all.
//
//   dies after the status      the next pass makes the children that are missing, under the same number
//   dies after the Job         the next pass finds it by its name
//   dies after a version       the next pass finds it by its source: uid of the TrainingJob, run and rank (modelversion.ts)
import type { TrainingJobStatus } from '../../api/trainingjob.ts'
import type { Plan } from '../../runtime/shape.ts'
import { isActive } from '../pods/ofjob.ts'
import { newest, readBook } from './book.ts'
import { children } from './children.ts'
import { happenings } from './happenings.ts'
import { harvest } from './harvest.ts'
import { judged } from './judgement.ts'
import { register } from './modelversion.ts'
import { secondsToNextRun } from './nextrun.ts'
import { observe } from './observe.ts'
import { obstacleOf } from './obstacle.ts'
import { foretold, secondsToRetrain } from './retrain.ts'
import { decide } from './run.ts'
import { status } from './status.ts'
import type { TrainingWorld } from './world.ts'

const ASK_AGAIN_SECONDS = 3
const LOOK_AGAIN_SECONDS = 2

export const plan = (world: TrainingWorld): Plan<TrainingJobStatus> => {
  const { metadata, status: stored = {} } = world.object
  if (metadata.deletionTimestamp) return { hold: true, apply: [], status: stored, events: [] }
  const harvested = harvest(world, readBook(world))
  const decision = decide(world, judged(world, register(world, harvested.book)))
  const apply = children(world, decision)
  const run = newest(decision.book)
  const obstacle = obstacleOf(world, apply, run?.outcome === 'Running' ? run : undefined)
  const book = foretold(world, observe(world, decision.book, obstacle))
  const next = status(world, { ...decision, book, obstacle })
  return {
    commitFirst: true,
    apply,
    status: next,
    events: happenings(world, next),
    ...earliest(
      run?.outcome === 'Running' ? lookAgain(world, harvested.waiting) : undefined,
      secondsToNextRun(world, decision.book),
      secondsToRetrain(world, decision.book),
    ),
  }
}

const lookAgain = ({ seen }: TrainingWorld, waiting?: true): number | undefined => {
  if (waiting) return LOOK_AGAIN_SECONDS
  return seen.pods.some(pod => isActive(pod) && pod.status?.phase === 'Running') ? ASK_AGAIN_SECONDS : undefined
}

const earliest = (...times: (number | undefined)[]): { requeueAfter?: number } => {
  const known = times.filter(time => time !== undefined)
  return known.length === 0 ? {} : { requeueAfter: Math.min(...known) }
}
