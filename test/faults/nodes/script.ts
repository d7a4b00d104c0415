// Decides how each container behaves: rules that a test adds and takes back while pods run; without one, everything goes well.
import type { GateFinding } from '../../../operator/api/gate.ts'
import type { Pod } from '../../../operator/plan/observed.ts'
import { healthy, type ServerBehaviour } from './serverbehaviours.ts'
import { succeeds, type TrainerBehaviour } from './trainerbehaviours.ts'

/** All that is given must fit; nothing given fits every pod. */
export interface PodMatching {
  namespace?: string
  name?: string | RegExp
  labels?: Record<string, string>
  annotations?: Record<string, string>
}

export interface Rule {
  on?: PodMatching
  trainer?: TrainerBehaviour
  server?: ServerBehaviour
  /** What a gate run says of every gate. */
  gates?: GateFinding['verdict']
  /** Starts of a trainer that it holds for; default: all. Servers follow a rule as long as it is there. */
  times?: number
}

export interface Script {
  /** The rule added last is the first to be asked. The answer takes it back. */
  add: (rule: Rule) => () => void
  clear: () => void
  /** Asked once per start. */
  trainerOf: (pod: Pod) => TrainerBehaviour
  serverOf: (pod: Pod) => ServerBehaviour
  gatesOf: (pod: Pod) => GateFinding['verdict']
  /** Tells of every change from now on; the answer ends it. */
  subscribe: (listener: () => void) => () => void
}

export const createScript = (given: readonly Rule[] = []): Script => {
  let rules = given.map(withCount)
  const listeners = new Set<() => void>()
  const change = (next: Counted[]): void => {
    rules = next
    for (const listener of listeners) listener()
  }
  return {
    add(rule) {
      const added = withCount(rule)
      change([...rules, added])
      return () => change(rules.filter(each => each !== added))
    },
    clear: () => change([]),
    trainerOf(pod) {
      const found = rules.findLast(({ rule, left }) => rule.trainer && left > 0 && fits(rule.on, pod))
      if (found) found.left -= 1
      return found?.rule.trainer ?? succeeds()
    },
    serverOf: pod => rules.findLast(({ rule }) => rule.server && fits(rule.on, pod))?.rule.server ?? healthy,
    gatesOf: pod => rules.findLast(({ rule }) => rule.gates && fits(rule.on, pod))?.rule.gates ?? 'Pass',
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

interface Counted {
  rule: Rule
  left: number
}

const withCount = (rule: Rule): Counted => ({ rule, left: rule.times ?? Number.POSITIVE_INFINITY })

const fits = (on: PodMatching = {}, { metadata }: Pod): boolean =>
  (on.namespace === undefined || on.namespace === metadata.namespace) &&
  (on.name === undefined || (typeof on.name === 'string' ? on.name === metadata.name : on.name.test(metadata.name))) &&
  has(metadata.labels, on.labels) &&
  has(metadata.annotations, on.annotations)

const has = (found: Record<string, string> = {}, wanted: Record<string, string> = {}): boolean =>
  Object.entries(wanted).every(([name, value]) => found[name] === value)
