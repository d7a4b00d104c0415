// Puts every change before every rule, in the order in which the changes were made.
import type { Change } from '../apireader.ts'
import { nameOf } from '../state.ts'
import { entryPodRule } from './entrypod.ts'
import { fixedVersionRule } from './fixedversion.ts'
import { Answers } from './health.ts'
import { type Finding, Mirror, type Rule } from './moment.ts'
import { nothingRevivedRule } from './nothingrevived.ts'
import { oneJobRule } from './onejob.ts'
import { stageHolderRule } from './stageholder.ts'
import { truthfulReady } from './truthfulready.ts'

export interface Violation extends Finding {
  /** ISO time at which the change was heard of. */
  at: string
}

export class Judge {
  readonly violations: Violation[] = []
  readonly world = new Mirror()
  readonly answers = new Answers()
  /** Every object there ever was, by uid. */
  readonly names = new Map<string, string>()
  readonly #truth = truthfulReady(this.answers)
  readonly #rules: readonly Rule[] = [
    entryPodRule(),
    oneJobRule(),
    fixedVersionRule(),
    stageHolderRule(),
    nothingRevivedRule(),
    this.#truth.rule,
  ]

  hear(at: number, change: Change): void {
    this.#tell(at, this.#found(at, change))
  }

  /** Takes note of a change that is not judged: of a time of which only the end is known, in which order things happened cannot be told. */
  learn(at: number, change: Change): void {
    this.#found(at, change)
  }

  tick(now: number): void {
    this.#tell(now, this.#truth.tick(now, this.world))
  }

  #found(at: number, { type, object }: Change): Finding[] {
    this.names.set(object.metadata.uid ?? '', nameOf(object))
    const before = this.world.take(type, object)
    return this.#rules.flatMap(rule => rule({ at, type, object, before, world: this.world }))
  }

  #tell(at: number, findings: readonly Finding[]): void {
    this.violations.push(...findings.map(each => ({ at: new Date(at).toISOString(), ...each })))
  }
}
