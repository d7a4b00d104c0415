// Decides which aliases of a registered model stand for the stages of its ladder.
import type { ModelSpec } from '../api/model.ts'

/** Words that mean something else: MLflow refuses the first two, and the others are ours. */
const TAKEN = /^(latest|v\d+|champion|challenger)$/

export const aliasOf = (stage: string): string => {
  const name = stage.toLowerCase()
  return TAKEN.test(name) ? `stage-${name}` : name
}

/** Every alias that this ladder may set, held or not. */
export const aliasNames = ({ stages }: ModelSpec): string[] =>
  [...new Set(['champion', 'challenger', ...stages.map(({ name }) => aliasOf(name))])].toSorted()

/** Version by alias: each stage, `champion` for the last one, `challenger` for the highest version below it. */
export const aliasesOf = ({ stages }: ModelSpec, holders: Readonly<Record<string, number>>): Record<string, number> => {
  const held = stages.flatMap(({ name }) => (holders[name] === undefined ? [] : [{ name, version: holders[name] }]))
  const last = stages.at(-1)?.name
  const champion = held.find(({ name }) => name === last)
  const challenger = held.findLast(({ name }) => name !== last)
  return {
    ...Object.fromEntries(held.map(({ name, version }) => [aliasOf(name), version])),
    ...(champion && { champion: champion.version }),
    ...(challenger && { challenger: challenger.version }),
  }
}
