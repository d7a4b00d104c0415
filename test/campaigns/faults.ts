// The whole proof of the runtime: the crash matrix with two seeds, then every long fault test; one part a round.
// Files that mostly wait run side by side; those that load the machine, or measure what a loaded one would spoil, run alone.
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { attempt, lastLines } from '../cluster/command.ts'
import { runMatrix } from '../faults/matrix/matrix.ts'
import { scenarios } from '../faults/matrix/scenarios/all.ts'
import type { Campaign, Figures } from '../run/campaign.ts'
import { vitestCounts } from '../run/reports.ts'
import { TIMED } from '../run/steps.ts'
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

interface Tests {
  project: string
  /** Default: all of the project. */
  paths?: readonly string[]
  except?: readonly string[]
  /** Files at a time. */
  atOnce: number
}

/** The tests of one project, or of some files of it. */
const tests =
  ({ project, paths = [], except = [], atOnce }: Tests): Part =>
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tidegate-faults-'))
    const report = join(folder, 'report.json')
    const reporting = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const vitest = [process.execPath, join(root, 'node_modules/vitest/vitest.mjs'), 'run']
    const argv = [
      ...vitest,
      '--project',
      project,
      `--maxWorkers=${atOnce}`,
      ...reporting,
      ...except.flatMap(file => ['--exclude', file]),
      ...paths,
    ]
    try {
      const { code, output } = await attempt(argv, { cwd: root, env: { ...process.env, NO_COLOR: '1' } })
      const { passed, failed } = vitestCounts(readFileSync(report, 'utf8'))
      if (code !== 0) console.log(lastLines(output, LINES_OF_A_FAILURE))
      return { part: paths.join(' ') || project, passed, failed: code === 0 ? failed : Math.max(failed, 1), said: figuresIn(output) }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }

/** What a test prints about its figures begins with the sign for it. */
const figuresIn = (output: string): string[] => output.split('\n').flatMap(line => /^\s*▸ (.*)$/.exec(line)?.[1] ?? [])

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
