// Runs tests outside the suite, for a campaign: some files of a project, counted, with what they printed.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { attempt } from '../cluster/command.ts'
import { root } from '../sources.ts'
import { type Counts, vitestCounts } from './reports.ts'

export interface Tests {
  project: string
  /** Default: all of the project. */
  paths?: readonly string[]
  except?: readonly string[]
  /** Files at a time; default: as many as the machine has cores for. */
  atOnce?: number
  env?: Record<string, string>
  /** What it prints: every test (default), or a dot for each. */
  reporter?: 'default' | 'dot'
}

export interface Tested extends Pick<Counts, 'passed' | 'failed'> {
  output: string
  /** The lines that begin with the sign for figures. */
  figures: string[]
}

export const runVitest = async ({ project, paths = [], except = [], atOnce, env, reporter = 'default' }: Tests): Promise<Tested> => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-campaign-'))
  const report = join(folder, 'report.json')
  const argv = [
    ...[process.execPath, join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', project],
    ...[`--reporter=${reporter}`, '--reporter=json', `--outputFile.json=${report}`],
    ...(atOnce ? [`--maxWorkers=${atOnce}`] : []),
    ...except.flatMap(file => ['--exclude', file]),
    ...paths,
  ]
  try {
    const { code, output } = await attempt(argv, { cwd: root, env: { ...process.env, ...env, NO_COLOR: '1' } })
    const { passed, failed } = vitestCounts(readFileSync(report, 'utf8'))
    // What goes wrong outside a test counts as well.
    return { passed, failed: code === 0 ? failed : Math.max(failed, 1), output, figures: figuresIn(output) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const figuresIn = (output: string): string[] => output.split('\n').flatMap(line => /^\s*▸ (.*)$/.exec(line)?.[1] ?? [])
