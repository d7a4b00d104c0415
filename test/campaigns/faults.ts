// The whole proof of the runtime: the crash matrix with two seeds, then every long fault test; one part a round.
// Files that mostly wait run side by side; those that load the machine, or measure what a loaded one would spoil, run alone.
import { globSync } from 'node:fs'
import { lastLines } from '../cluster/command.ts'
import { runMatrix } from '../faults/matrix/matrix.ts'
import { scenarios } from '../faults/matrix/scenarios/all.ts'
import type { Campaign, Figures } from '../run/campaign.ts'
import { TIMED } from '../run/steps.ts'
import { runVitest, type Tests } from '../run/vitest.ts'
import { root } from '../sources.ts'

type Part = () => Promise<Figures>

const LANES = 10
const SEEDS = [1, 2]
const LINES_OF_A_FAILURE = 120

/** Every plan of the crash matrix, with the longest time that one took to the end state. */
const matrix =
  (seed: number): Part =>
  async () => {
    const { verdicts, writes } = await runMatrix({ scenarios, lanes: LANES, seed, onVerdict: ({ plan, problems }) => tell(plan, problems) })
    const problems = verdicts.filter(verdict => verdict.problems.length > 0)
    const moot = verdicts.filter(verdict => verdict.isMoot).map(({ plan }) => plan)
    const slowest = Math.max(...verdicts.map(({ seconds = 0 }) => seconds))
    const counts = { passed: verdicts.length - problems.length - moot.length, failed: problems.length, moot }
    return { part: `crash matrix, seed ${seed}`, ...counts, slowestSeconds: Math.round(slowest * 10) / 10, writes, problems }
  }

const tell = (plan: string, problems: readonly string[]): void => {
  if (problems.length > 0) console.log(`${plan}\n  ${problems.join('\n  ')}`)
}

/** The tests of one project, or of some files of it. */
const tests =
  (wanted: Tests): Part =>
  async () => {
    const { passed, failed, figures, output } = await runVitest(wanted)
    if (failed > 0) console.log(lastLines(output, LINES_OF_A_FAILURE))
    return { part: wanted.paths?.join(' ') ?? wanted.project, passed, failed, said: figures }
  }

const ALONE = [
  'leadership/leadership',
  'neighbours/neighbours',
  'nodes/hangingneighbours',
  'proxy/passing',
  'watches/storm',
  'watches/apikills',
].map(name => `test/faults/${name}.long.ts`)
const long = globSync('test/faults/**/*.long.ts', { cwd: root }).toSorted()

const parts: Part[] = [
  ...SEEDS.map(matrix),
  tests({ project: 'faults', except: TIMED, atOnce: 3 }),
  tests({ project: 'faults', paths: TIMED, atOnce: 1 }),
  tests({ project: 'faults-long', paths: long.filter(path => !ALONE.includes(path)), atOnce: 3 }),
  tests({ project: 'faults-long', paths: ALONE, atOnce: 1 }),
]

export const campaign: Campaign = {
  shows: 'That the operator survives every crash, broken watch, lost lease, stale read, neighbour and pod that was thought of.',
  rounds: parts.length,
  round: async ({ number }) => (await parts[(number - 1) % parts.length]?.()) ?? {},
}
