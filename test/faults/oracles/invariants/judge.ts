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

  hear(at: number, { type, object }: Change): void {
    this.names.set(object.metadata.uid ?? '', nameOf(object))
    const before = this.world.take(type, object)
    for (const rule of this.#rules) this.#tell(at, rule({ at, type, object, before, world: this.world }))
  }

  tick(now: number): void {
    this.#tell(now, this.#truth.tick(now, this.world))
  }

  #tell(at: number, findings: readonly Finding[]): void {
    this.violations.push(...findings.map(each => ({ at: new Date(at).toISOString(), ...each })))
  }
}
