// What Python predicted for the test rows of a version, read from the bundle, against what the server answers.
import { bundleFile } from '../../operator/api/contract.ts'
import type { ModelVersion } from '../../operator/api/modelversion.ts'
import { readFromClaim } from './claimfile.ts'
import type { Prediction } from './web.ts'
import type { World } from './world.ts'

export interface PythonAnswer {
  prediction: string
  probabilities: Record<string, number>
  /** What a client sends for this row. */
  input: Record<string, number>
}

/** Every locked test row with the answer that Python gave before export. */
export const predictionsOf = async (world: World, version: string): Promise<PythonAnswer[]> => {
  const { spec } = await world.kubectl.json<ModelVersion>('get', `modelversion/${version}`)
  const csv = await readFromClaim(world, spec.artifact.claim, `${spec.artifact.path}/${bundleFile.predictions}`)
  const [head = [], ...rows] = csv
    .trim()
    .split('\n')
    .map(line => line.split(','))
  return rows.map(cells => {
    const row = Object.fromEntries(head.map((name, index) => [name, cells[index] ?? '']))
    return { prediction: row['prediction'] ?? '', probabilities: numbers(row, 'probability_'), input: numbers(row, 'input_') }
  })
}

const numbers = (row: Record<string, string>, prefix: string): Record<string, number> =>
  Object.fromEntries(
    Object.entries(row)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, cell]) => [name.slice(prefix.length), Number(cell)]),
  )

/** Over all rows and classes; a class that an answer lacks counts as far off. */
export const largestDifference = (rows: readonly PythonAnswer[], answers: readonly Prediction[]): number =>
  Math.max(
    ...rows.flatMap((row, index) =>
      Object.entries(row.probabilities).map(([name, value]) =>
        Math.abs(value - (answers[index]?.confidence_scores[name] ?? Number.POSITIVE_INFINITY)),
      ),
    ),
  )
