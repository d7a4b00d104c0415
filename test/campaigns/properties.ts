// Every property test again and again, each round with seeds that no round before it had.
import { lastLines } from '../cluster/command.ts'
import type { Campaign } from '../run/campaign.ts'
import { runVitest } from '../run/vitest.ts'
import { sources } from '../sources.ts'

const paths = sources('{operator,images,test}/**/*.test.ts')
  .filter(source => source.imports.some(one => one.target === 'fast-check'))
  .map(({ path }) => path)

export const campaign: Campaign = {
  shows: 'That every property holds for many more cases than one run of the tests draws.',
  rounds: 200,
  round: async ({ seed }) => {
    // A seed is a whole number of 32 bits.
    const TIDEGATE_SEED = String(seed | 0)
    const { passed, failed, output } = await runVitest({ project: 'unit', paths, env: { TIDEGATE_SEED }, reporter: 'dot' })
    if (failed > 0) throw new Error(`with TIDEGATE_SEED=${TIDEGATE_SEED}:\n${lastLines(output)}`)
    return { passed }
  },
}
