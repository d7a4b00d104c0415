// Decides for each planned child what to send: a POST, an apply, or nothing.
//
//   nothing of that name            → POST, if the owner is still there; "already exists" → look at it and go on below
//   being deleted, or left over     → wait until it is gone
//   not ours                        → a conflict; nothing is touched
//   ours, as applied, nobody else's → nothing (the quiet case)
//   ours, otherwise                 → adopt the fields of our POST once, then server-side apply for that uid
//
// A write the API server refuses (quota, admission, validation) is remembered, told to the next plan, and tried again later.
import { adoptionOf, needsAdoption } from './adopt.ts'
import { includes } from './canonical.ts'
import { type Desired, desired } from './desired.ts'
import { driftOf } from './drift.ts'
import { type Effects, informerOf, placed } from './effects.ts'
import { ApiError, isAlreadyExists, isRefused } from './errors.ts'
import type { Informer } from './informers.ts'
import { controllerOf, keyOf, kindKey, refKey, refOf } from './keys.ts'
import { type Blocked, block, settled, unblock } from './memory.ts'
import { confirmOwner } from './owner.ts'
import type { Child, KubeObject, Plan, Scale } from './shape.ts'

export interface ChildrenOutcome {
  /** Something was blocked or freed since the plan was made. */
  news: boolean
  /** Something was freed: what refused it may have ended for its neighbours, too. */
  freed: boolean
  /** Something of ours is still being deleted: look again soon. */
  pending: boolean
}

export const nothingNew: ChildrenOutcome = { news: false, freed: false, pending: false }

interface Work {
  effects: Effects
  informer: Informer
  mode: 'apply' | 'create' | 'keep'
  wanted: Desired
  scale: Scale | undefined
}

type Step = 'done' | 'pending' | 'conflict'

export const writeChildren = async (effects: Effects, plan: Plan): Promise<ChildrenOutcome> => {
  const outcome = { ...nothingNew }
  for (const child of plan.apply) {
    const { news, freed, pending } = await writeChild(workOf(effects, child, plan.scale))
    outcome.news ||= news
    outcome.freed ||= freed
    outcome.pending ||= pending
  }
  return outcome
}

const workOf = (effects: Effects, child: Child, scales: Scale[] = []): Work => {
  const informer = informerOf(effects, child.object)
  const { appliedAnnotation } = effects.names
  const object = placed(effects, child.object)
  const wanted = desired({ ...child, object }, { owner: effects.primary, appliedAnnotation })
  const { kind, metadata } = wanted.object
  const scale = scales.find(one => kindKey(one) === kindKey(wanted.object) && one.kind === kind && one.name === metadata.name)
  return { effects, informer, mode: child.mode ?? 'apply', wanted, scale }
}

const writeChild = async (work: Work): Promise<ChildrenOutcome> => {
  const { effects, wanted } = work
  const { memory, clock } = effects
  const ref = refOf(wanted.object)
  const now = clock.monotonic()
  const before = memory.blocked.get(refKey(ref))
  const seen = work.informer.store.get(keyOf(wanted.object))
  if (before && isTooEarly(before, work, seen)) return nothingNew
  try {
    const step = seen ? await settle(work, seen) : await begin(work, before)
    if (step === 'conflict') return { ...nothingNew, news: block(memory, { ref, digest: wanted.digest, visible: seen !== undefined }, now) }
    const freed = unblock(memory, ref)
    const pending = step === 'pending'
    return { news: settled(memory, ref, pending) || freed, freed, pending }
  } catch (error) {
    if (!(error instanceof ApiError) || !isRefused(error)) throw error
    const refusal = { ref, reason: error.reason, message: error.detail }
    return { ...nothingNew, news: block(memory, { ref, refusal, digest: wanted.digest, visible: seen !== undefined }, now) }
  }
}

/** The same try would end the same way. Whether a name is still taken can be seen without a try. */
const isTooEarly = (before: Blocked, { wanted, effects }: Work, seen: KubeObject | undefined): boolean =>
  before.digest === wanted.digest &&
  before.retryAt > effects.clock.monotonic() &&
  before.visible === (seen !== undefined) &&
  (before.refusal !== undefined || !seen)

/** A name that was taken by something our selection does not show is looked up, not tried: a question is no write. */
const begin = async (work: Work, before: Blocked | undefined): Promise<Step> => {
  const hidden = before && !before.refusal ? await lookUp(work) : undefined
  return hidden ? await settle(work, hidden) : await create(work)
}

const lookUp = ({ effects, informer, wanted }: Work): Promise<KubeObject | undefined> => {
  const { namespace, name } = wanted.object.metadata
  return effects.client.get(informer.resource, { namespace, name })
}

const create = async (work: Work): Promise<Step> => {
  const { effects, informer, wanted } = work
  await confirmOwner(effects)
  try {
    informer.store.learn(await effects.client.create(informer.resource, scaledFromStart(work)))
    effects.wrote(wanted.object.kind, 'create')
    return 'done'
  } catch (error) {
    if (!isAlreadyExists(error)) throw error
  }
  // Our cache is behind, or it does not show this object at all.
  const live = await lookUp(work)
  return live ? await settle(work, live) : 'pending'
}

/** A new Deployment begins with the replicas of its scale: one write less, and no start at 1. */
const scaledFromStart = ({ wanted, scale }: Work): KubeObject =>
  scale ? { ...wanted.object, spec: { ...(wanted.object['spec'] as object), replicas: scale.replicas } } : wanted.object

const settle = async (work: Work, live: KubeObject): Promise<Step> => {
  const { mode, wanted, effects } = work
  if (live.metadata.deletionTimestamp) return 'pending'
  if (mode !== 'apply') return isTheSame(wanted.object, live, mode) ? 'done' : 'conflict'
  const owner = controllerOf(live)
  if (!owner || owner.uid !== effects.primary?.metadata.uid) return isLeftOver(live, effects.primary) ? 'pending' : 'conflict'
  const drift = driftOf(wanted.object, live, effects.names.fieldManager)
  if (isAsApplied(work, live) && (drift.length === 0 || isUnattainable(work, live, drift))) return 'done'
  await apply(work, live, drift)
  return 'done'
}

/** Made once and never changed, so it is recognised by what it says. A claim may have grown since; its labels tell whose it is. */
const isTheSame = (wanted: KubeObject, live: KubeObject, mode: 'create' | 'keep'): boolean =>
  includes(live.metadata.labels, wanted.metadata.labels) && (mode === 'keep' || includes(live['spec'], wanted['spec']))

/** A child of an earlier object of our name: the garbage collector is about to take it. */
const isLeftOver = (live: KubeObject, primary: KubeObject | undefined): boolean => {
  const owner = controllerOf(live)
  return owner !== undefined && primary !== undefined && kindKey(owner) === kindKey(primary) && owner.name === primary.metadata.name
}

const isAsApplied = ({ effects, wanted }: Work, live: KubeObject): boolean =>
  live.metadata.annotations?.[effects.names.appliedAnnotation] === wanted.digest

const isUnattainable = ({ effects, wanted }: Work, live: KubeObject, drift: string[]): boolean =>
  effects.memory.unattainable.get(live.metadata.uid ?? '') === [wanted.digest, ...drift].join(' ')

const apply = async (work: Work, live: KubeObject, drift: string[]): Promise<void> => {
  const { effects, informer, wanted } = work
  const { client, names, memory, log } = effects
  const { uid = '', namespace, name } = live.metadata
  if (isAsApplied(work, live)) log.info({ object: refKey(refOf(live)), drift: drift.slice(0, 5) }, 'changed by somebody else')
  const adopted = needsAdoption(live, names.fieldManager) ? await adopt(work) : undefined
  // A precondition: what arrives late, when another leader has applied something newer, must not bring the old state back.
  const { resourceVersion } = (adopted ?? live).metadata
  const object = { ...wanted.object, metadata: { ...wanted.object.metadata, uid, resourceVersion } }
  const answer = await client.apply(informer.resource, object)
  effects.wrote(wanted.object.kind, 'apply')
  const left = driftOf(wanted.object, answer, names.fieldManager)
  informer.store.learn(answer)
  if (left.length === 0) memory.unattainable.delete(uid)
  else {
    memory.unattainable.set(uid, [wanted.digest, ...left].join(' '))
    log.warn({ object: `${namespace}/${name}`, kind: live.kind, fields: left.slice(0, 5) }, 'fields not kept by the api server')
  }
}

/** The cached entries are not complete, so they are read once more; this happens once in the life of a child. */
const adopt = async (work: Work): Promise<KubeObject | undefined> => {
  const { effects, informer, wanted } = work
  const { namespace, name } = wanted.object.metadata
  const fresh = await lookUp(work)
  const steps = fresh ? adoptionOf(fresh, effects.names.fieldManager) : []
  if (steps.length === 0) return fresh
  const answer = await effects.client.patch(informer.resource, { namespace, name }, steps)
  effects.wrote(wanted.object.kind, 'patch')
  return answer
}
