// Every property test again and again, each round with seeds that no round before it had.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { attempt, lastLines } from '../cluster/command.ts'
import type { Campaign } from '../run/campaign.ts'
import { vitestCounts } from '../run/reports.ts'
import { root, sources } from '../sources.ts'

const files = sources('{operator,images,test}/**/*.test.ts').filter(source => source.imports.some(one => one.target === 'fast-check'))

export const campaign: Campaign = {
  shows: 'That every property holds for many more cases than one run of the tests draws.',
  rounds: 200,
  round: async ({ seed }) => {
    const folder = mkdtempSync(join(tmpdir(), 'tidegate-properties-'))
    const report = join(folder, 'report.json')
    const reporting = ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`]
    const argv = [join(root, 'node_modules/.bin/vitest'), 'run', '--project', 'unit', ...reporting, ...files.map(source => source.path)]
    // A seed is a whole number of 32 bits.
    const result = await attempt(argv, { cwd: root, env: { ...process.env, TIDEGATE_SEED: String(seed | 0), NO_COLOR: '1' } })
    try {
      if (result.code !== 0) throw new Error(`with TIDEGATE_SEED=${seed | 0}:\n${lastLines(result.output)}`)
      return { passed: vitestCounts(readFileSync(report, 'utf8')).passed }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}
