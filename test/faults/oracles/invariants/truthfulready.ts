// Rule: Ready=True names a version and a digest that a ready pod behind the address serves.
//
// Two demands. Written: at the moment of writing it was true, or had been until SPREAD_MS before. Standing: what stopped being
// true is taken back within LAG_MS, in which an operator that was killed is back at work, too.
import { label } from '../../../../operator/api/contract.ts'
import type { KubeObject } from '../../../../operator/runtime/shape.ts'
import { createBehind, SPREAD_MS } from './behind.ts'
import type { Answers, Said } from './health.ts'
import { type Finding, finding, type Mirror, type Moment, onceWhile } from './moment.ts'
import { saysReady, statusOf } from './servingpods.ts'

const LAG_MS = 30_000

export interface TruthfulReady {
  rule: (moment: Moment) => Finding[]
  /** To be called again and again: time alone makes a status untrue. */
  tick: (now: number, world: Mirror) => Finding[]
}

export const truthfulReady = (answers: Answers): TruthfulReady => {
  const behind = createBehind()
  const untrueSince = new Map<string, number>()
  const isNew = onceWhile()
  const isTrue = (at: number, service: KubeObject): boolean =>
    behind.of(service).some(pod => serves(pod, service, answers.around(pod.metadata.uid ?? '', at - SPREAD_MS)))
  const untrue = (service: KubeObject, when: string): Finding => {
    const found = behind.of(service).map(pod => lastSaid(pod, answers))
    return finding(
      'Ready is true',
      service,
      `${when} of ${promised(service)}, and behind the address: ${found.join('; ') || 'no ready pod'}`,
    )
  }
  return {
    rule({ at, type, object, before, world }) {
      for (const service of world.list('InferenceService', object.metadata.namespace ?? '')) behind.note(at, service, world)
      const isNews = type !== 'DELETED' && object.kind === 'InferenceService' && saysReady(object) && !isSame(before, object)
      return isNews && !isTrue(at, object) ? [untrue(object, 'Ready=True was written')] : []
    },
    tick(now, world) {
      return world.all('InferenceService').flatMap(service => {
        const { uid = '' } = service.metadata
        behind.note(now, service, world)
        const isWrong = saysReady(service) && !isTrue(now, service)
        if (!isWrong) untrueSince.delete(uid)
        const since = untrueSince.get(uid) ?? now
        if (isWrong) untrueSince.set(uid, since)
        return isNew(uid, isWrong && now - since > LAG_MS) ? [untrue(service, `Ready=True has stood for ${LAG_MS / 1000} s`)] : []
      })
    },
  }
}

const digestOf = (service: KubeObject): string | undefined => {
  const { entry, traffic } = statusOf(service)
  return traffic?.find(({ version }) => version === entry)?.digest
}

const serves = (pod: KubeObject, service: KubeObject, said: readonly Said[]): boolean => {
  const version = String(statusOf(service).entry)
  const digest = digestOf(service)
  if (pod.metadata.labels?.[label.version] !== version) return false
  const good = said.filter(each => each.version === version && each.digest !== undefined)
  // While the ModelVersion is gone, nobody knows which digest it had.
  return good.some(each => digest === '' || each.digest === digest)
}

const promised = (service: KubeObject): string => `version ${statusOf(service).entry} (${digestOf(service) ?? 'no digest'})`

const lastSaid = (pod: KubeObject, answers: Answers): string => {
  const answer = answers.around(pod.metadata.uid ?? '', 0).at(-1)
  return `${pod.metadata.name} says ${answer?.digest ? `version ${answer.version}, ${answer.digest}` : 'nothing'}`
}

const isSame = (before: KubeObject | undefined, now: KubeObject): boolean =>
  before !== undefined && JSON.stringify(before['status']) === JSON.stringify(now['status'])
