// What each Decision is told: its outcome once it has one, and until then what it waits for.
import type { Decision, DecisionStatus } from '../../api/decision.ts'
import type { Answer, Move } from '../../api/model.ts'
import { changed, objection, refused } from './approvals.ts'
import { answered, missing, retiredAlready } from './decisions.ts'
import { doorTo, type Prospects, type Scene } from './ladder.ts'
import { indexOf } from './moves.ts'
import { type Registry, standing } from './registry.ts'

/** So many are carried out in one pass, so that what they come to fits into the status of the Model. */
const MOST_AT_ONCE = 100

/** Those that have no answer yet, the earliest first. */
export const pending = (decisions: readonly Decision[], registry: Registry): Decision[] => {
  const known = new Set(registry.answered.map(({ uid }) => uid))
  return decisions
    .filter(({ metadata, status }) => !status?.outcome && !metadata.deletionTimestamp && !known.has(metadata.uid))
    .toSorted((a, b) => compare(a.metadata.creationTimestamp, b.metadata.creationTimestamp) || compare(a.metadata.name, b.metadata.name))
    .slice(0, MOST_AT_ONCE)
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b))

/** An answer is kept until the Decision says it itself: a crash between the two writes must not carry it out twice. */
export const unacknowledged = (registry: Registry, decisions: readonly Decision[]): Registry => {
  const waiting = new Set(decisions.flatMap(({ metadata, status }) => (status?.outcome ? [] : [metadata.uid])))
  return { ...registry, answered: registry.answered.filter(({ uid }) => waiting.has(uid)) }
}

/** After the climb: approvals that let a version in, and those that never will. */
export const settleApprovals = (start: Registry, before: Registry, scene: Scene): Registry => {
  const used = new Map(newMoves(before.history, start.history).flatMap(move => (move.decisions ?? []).map(name => [name, move] as const)))
  return scene.decisions
    .filter(({ spec }) => spec.action === 'Approve')
    .reduce((registry, decision) => {
      const verdict = verdictOn(decision, registry, { scene, move: used.get(decision.metadata.name) })
      return verdict ? answered(registry, decision, { ...verdict, now: scene.now }) : registry
    }, start)
}

/** The history grows at the front, so what was not the newest before is new. */
export const newMoves = (before: readonly Move[], after: readonly Move[]): Move[] => {
  const last = before[0]
  const index = last ? after.findIndex(move => JSON.stringify(move) === JSON.stringify(last)) : -1
  return after.slice(0, index < 0 ? after.length : index)
}

const verdictOn = (
  decision: Decision,
  registry: Registry,
  { scene, move }: { scene: Scene; move: Move | undefined },
): Pick<Answer, 'outcome' | 'message'> | undefined => {
  const { version: number = 0, stage: name } = decision.spec
  if (move) return { outcome: 'Applied', message: `version ${move.version} entered ${move.to}` }
  const stage = scene.spec.stages.find(each => each.name === name)
  if (!stage) return refused(`${name} is not on the ladder: it has ${scene.spec.stages.map(each => each.name).join(', ')}`)
  const version = scene.versions.find(each => each.spec.version === number)
  if (!version) return changed(missing(decision))
  const retired = retiredAlready(decision, registry)
  if (retired) return retired
  const at = standing(registry, number)
  if (indexOf(scene.spec, at) >= indexOf(scene.spec, name)) return changed(`version ${number} holds ${at} already`)
  return objection(decision, doorTo(stage, version, { registry, scene }))
}

/** The status of a Decision; undefined when it has said all it will ever say. */
export const decisionStatus = (decision: Decision, registry: Registry, prospects: Prospects): DecisionStatus | undefined => {
  if (decision.status?.outcome) return undefined
  const answer = registry.answered.find(({ uid }) => uid === decision.metadata.uid)
  if (answer) return { outcome: answer.outcome, message: answer.message, at: answer.at }
  const { kept } = prospects.get(decision.spec.version ?? 0) ?? {}
  return { message: kept ? `counts; version ${decision.spec.version}: ${kept.message}`.slice(0, 512) : 'counts, and waits' }
}
