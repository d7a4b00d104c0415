// What the word of a person does: each Decision is carried out once, in the order in which they were given, or is told why not.
import type { Action, Decision } from '../../api/decision.ts'
import type { Answer, Hold } from '../../api/model.ts'
import type { ModelVersion } from '../../api/modelversion.ts'
import { digestOf } from '../../api/versionbundle.ts'
import { changed, type Objection, refused } from './approvals.ts'
import { otherDigest, otherJudgement } from './binding.ts'
import { gateRunOf } from './gaterun/challenge.ts'
import { approvalsOf, doorTo, nextStage, reasonOf, type Scene } from './ladder.ts'
import { ARCHIVED, isLegal, NONE, waysFrom } from './moves.ts'
import { type Door, obstacle } from './obstacle.ts'
import { formerHolders, hasRoom, moved, type Registry, retirementOf, standing } from './registry.ts'

/** A registry that follows from it, or why there is none; `later` while a Job has to judge first. */
type Result = { registry: Registry; message: string } | Objection | 'later'

type CarryOut = (registry: Registry, decision: Decision, scene: Scene) => Result

/** All but the approvals, which wait until the version may enter. */
export const carryOutAll = (start: Registry, scene: Scene): Registry =>
  scene.decisions.reduce((registry, decision) => {
    const { action } = decision.spec
    if (action === 'Approve' || !hasRoom(registry)) return registry
    const result = retiredAlready(decision, registry) ?? carryOuts[action](registry, decision, scene)
    if (result === 'later') return registry
    const outcome = 'outcome' in result ? result.outcome : 'Applied'
    return answered('registry' in result ? result.registry : registry, decision, { outcome, message: result.message, now: scene.now })
  }, start)

/** Its bundle may be gone at any moment, or is gone: nothing can be made of it any more. */
export const retiredAlready = ({ spec: { version = 0, model } }: Decision, registry: Registry): Objection | undefined => {
  const retirement = retirementOf(registry, version)
  return (
    retirement &&
    refused(
      `version ${version} of ${model} is retired since ${retirement.at} and its bundle is being removed: train it again, or register a copy of the bundle under a new number`,
    )
  )
}

export const answered = (
  registry: Registry,
  { metadata }: Decision,
  { outcome, message, now }: Pick<Answer, 'outcome' | 'message'> & { now: Date },
): Registry => ({
  ...registry,
  answered: [...registry.answered, { uid: metadata.uid, outcome, message: message.slice(0, 512), at: now.toISOString() }],
})

const enter: CarryOut = (registry, decision, scene) => {
  const { action, by } = decision.spec
  const door = doorOf(registry, decision, scene)
  if ('outcome' in door) return door
  const { stage, version } = door
  const kept = action === 'Promote' || action === 'Restore' ? obstacle(action, door) : undefined
  if (kept) return kept.reason === 'Measuring' ? 'later' : refused(kept.message)
  const { approvers, decisions } = action === 'Bypass' ? { approvers: [], decisions: [] } : approvalsOf(door)
  const why = action === 'Bypass' ? `gates and approvals bypassed by ${by}` : reasonOf(door, approvers)
  const entered = moved(registry, {
    version: version.spec.version,
    to: stage.name,
    actor: by,
    reason: said(decision, why),
    digest: digestOf(version),
    decisions: [decision.metadata.name, ...decisions],
    ...(action === 'Bypass' ? { bypass: true } : { gateRun: gateRunOf(door) }),
    now: scene.now,
  })
  const isNewest = scene.versions.every(({ spec }) => spec.version <= version.spec.version)
  const registryAfter = isNewest ? released(entered, stage.name) : holding(entered, decision, scene.now)
  return { registry: registryAfter, message: `version ${version.spec.version} holds ${stage.name}` }
}

/** The version before the stage that the Decision names, if it may go there at all. */
const doorOf = (registry: Registry, decision: Decision, scene: Scene): Door | Objection => {
  const { spec } = scene
  const { action, stage: name, version: number = 0 } = decision.spec
  const version = versionOf(scene, number)
  if (!version) return refused(missing(decision))
  const bundle = otherDigest(decision.spec, version)
  if (bundle) return changed(bundle)
  const missingBundle = bundleless(version, scene)
  if (missingBundle) return missingBundle
  const stage = spec.stages.find(each => each.name === name)
  const from = standing(registry, number)
  if (!stage || !isLegal(spec, action as 'Promote', { from, to: name })) {
    const ways = waysFrom(spec, action as 'Promote', from).join(', ') || 'nowhere'
    return refused(`version ${number} stands in ${from}; from there ${action} leads to: ${ways}`)
  }
  const door = doorTo(stage, version, { registry, scene })
  const judgement = otherJudgement(decision.spec, door)
  return judgement ? changed(judgement) : door
}

/** No word of a person makes up for a bundle that is not there. */
const bundleless = (version: ModelVersion, { unimported }: Scene): Objection | undefined => {
  const found = unimported(version)
  return found && refused(`version ${version.spec.version} has no bundle: ${found.message}`)
}

/** What the Decisions of people wait for: judgements that a Job has to make. */
export const awaited = (registry: Registry, scene: Scene): Door[] => {
  const answeredUids = new Set(registry.answered.map(({ uid }) => uid))
  return scene.decisions.flatMap(decision => {
    const { action } = decision.spec
    if ((action !== 'Promote' && action !== 'Restore') || answeredUids.has(decision.metadata.uid)) return []
    const door = doorOf(registry, decision, scene)
    return 'outcome' in door || obstacle(action, door)?.reason !== 'Measuring' ? [] : [door]
  })
}

/** Said of a version that nobody registered, or that is gone. */
export const missing = ({ spec: { version = 0, model } }: Decision): string => `version ${version} of ${model} does not exist`

const versionOf = ({ versions }: Scene, number: number): ModelVersion | undefined => versions.find(({ spec }) => spec.version === number)

const said = ({ spec }: Decision, otherwise: string): string => (spec.reason ? `${spec.reason}; ${otherwise}` : otherwise).slice(0, 512)

const rollBack: CarryOut = (registry, decision, scene) => {
  const { stage, version: wanted, by } = decision.spec
  const current = registry.holders[stage]
  const former = formerHolders(registry, stage).filter(each => versionOf(scene, each) !== undefined && !retirementOf(registry, each))
  const number = wanted ?? former[0]
  const version = number === undefined ? undefined : versionOf(scene, number)
  if (number === undefined || !version || !former.includes(number)) {
    const known = former.length > 0 ? `these did and still exist: ${former.join(', ')}` : 'no version that held it before still exists'
    return refused(
      `${number === undefined ? `${stage} has no version to go back to` : `version ${number} is not one that held ${stage} before`}; ${known}`,
    )
  }
  const bundle = otherDigest(decision.spec, version)
  if (bundle) return changed(bundle)
  const missingBundle = bundleless(version, scene)
  if (missingBundle) return missingBundle
  const why = current === undefined ? `${by} put it back` : `${by} rolled back version ${current}`
  const entered = moved(registry, {
    version: number,
    to: stage,
    actor: by,
    reason: said(decision, why),
    digest: digestOf(version),
    decisions: [decision.metadata.name],
    now: scene.now,
    left: said(decision, `${by} rolled back to version ${number}`),
  })
  return { registry: holding(entered, decision, scene.now), message: `version ${number} holds ${stage} again` }
}

const leave =
  (action: 'Reject' | 'Archive', to: string): CarryOut =>
  (registry, decision, scene) => {
    const { version: number = 0, by } = decision.spec
    const version = versionOf(scene, number)
    if (!version) return refused(missing(decision))
    const from = standing(registry, number)
    const about = action === 'Archive' ? [from] : [from, nextStage(scene.spec, from)?.name]
    if (!about.includes(decision.spec.stage)) return refused(elsewhere(decision, { from, about }))
    if (!isLegal(scene.spec, action, { from, to }))
      return refused(`version ${number} stands in ${from}, from where ${action} leads nowhere`)
    const step = { version: number, to, actor: by, reason: decision.spec.reason ?? 'no reason given', now: scene.now }
    const left = moved(registry, { ...step, digest: digestOf(version), decisions: [decision.metadata.name] })
    const after = action === 'Reject' ? rejecting(left, decision, scene.now) : left
    return { registry: after, message: `version ${number} stands in ${to}` }
  }

/** The right to decide was checked for the stage that is named, so it must be the one that the Decision touches. */
const elsewhere = ({ spec }: Decision, { from, about }: { from: string; about: (string | undefined)[] }): string => {
  const stages = about.filter(stage => stage !== undefined && stage !== NONE && stage !== ARCHIVED)
  const names = stages.length > 0 ? `name ${stages.join(' or ')} instead of ${spec.stage}` : 'there is nothing to take it out of'
  return `version ${spec.version} stands in ${from}: ${names}`
}

const rejecting = (registry: Registry, { spec: { version = 0, by, reason = '' } }: Decision, now: Date): Registry => ({
  ...registry,
  rejected: [...registry.rejected.filter(each => each.version !== version), { version, by, reason, at: now.toISOString() }],
})

const release: CarryOut = (registry, { spec: { stage } }) =>
  registry.holds.some(hold => hold.stage === stage)
    ? { registry: released(registry, stage), message: `automation may change ${stage} again` }
    : refused(`${stage} is not on hold`)

const released = (registry: Registry, stage: string): Registry => ({
  ...registry,
  holds: registry.holds.filter(hold => hold.stage !== stage),
})

/** Automation does not undo what a person decided. */
const holding = (registry: Registry, { spec: { stage, by, reason = 'no reason given' } }: Decision, now: Date): Registry => {
  const hold: Hold = { stage, by, reason, at: now.toISOString() }
  return { ...registry, holds: [...registry.holds.filter(each => each.stage !== stage), hold] }
}

const carryOuts: Record<Exclude<Action, 'Approve'>, CarryOut> = {
  Promote: enter,
  Bypass: enter,
  Restore: enter,
  Rollback: rollBack,
  Reject: leave('Reject', NONE),
  Archive: leave('Archive', ARCHIVED),
  Release: release,
}
