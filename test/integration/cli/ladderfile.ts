// A Model in a file, as a person writes it before she applies it: one stage, with a bound on f1 and a comparison.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The path of the file. */
export const ladderFile = (folder: string, atLeast: number | string): string => {
  const path = join(folder, `ladder-${atLeast}.yaml`)
  const gates = `{metric: f1, atLeast: ${atLeast}}, {metric: f1, versus: holder, margin: 0}`
  writeFileSync(path, `kind: Model\nspec: {stages: [{name: Strict, gates: [${gates}]}]}\n`)
  return path
}
