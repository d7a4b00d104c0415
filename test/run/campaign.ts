// Entry of `npm run campaign`: rounds of what takes longer than a test may; each round is kept at once, so it can be stopped and resumed.
import { execFileSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { begin, isOver, keep, type Result, resumed } from './results.ts'

export interface Round {
  /** From 1. */
  number: number
  /** Another one for each round; the same for the same round of the same campaign. */
  seed: number
}

export interface Campaign {
  /** What it shows, in one sentence. */
  shows: string
  rounds: number
  /** Figures worth keeping, among them how many tests `passed` and `failed`; throws when the claim does not hold and there is nothing to count. */
  round: (round: Round) => Promise<Figures>
}

export interface Figures extends Record<string, unknown> {
  passed?: number
  failed?: number
}

const root = join(import.meta.dirname, '..', '..')
const folder = join(root, 'test', 'campaigns')
const { values, positionals } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, rounds: { type: 'string' } },
  allowPositionals: true,
})

const load = async (name: string): Promise<Campaign> => ((await import(join(folder, `${name}.ts`))) as { campaign: Campaign }).campaign

const list = async (): Promise<void> => {
  console.log('npm run campaign -- NAME [--seed N] [--rounds N]\n')
  for (const path of globSync('*.ts', { cwd: folder })) {
    const name = basename(path, '.ts')
    const { shows, rounds } = await load(name)
    console.log(`  ${name.padEnd(14)} ${shows} ${rounds} rounds.`)
  }
}

const git = (...args: string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()

const conduct = async (name: string, campaign: Campaign): Promise<Result> => {
  const file = join(root, 'docs', 'results', `${name}.json`)
  const wanted = {
    campaign: name,
    shows: campaign.shows,
    // A result counts for the commit only when nothing else was in the checkout.
    commit: git('rev-parse', 'HEAD'),
    clean: git('status', '--porcelain', '--', '.', ':!docs/results') === '',
    seed: Number(values.seed),
    rounds: Number(values.rounds ?? campaign.rounds),
  }
  let result = resumed(file, wanted) ?? begin(wanted)
  if (result.done > 0) console.log(`going on after round ${result.done} of ${result.rounds}`)
  while (!isOver(result)) {
    const number = result.done + 1
    const seed = result.seed * 1_000_003 + number
    const started = performance.now()
    const outcome = await campaign.round({ number, seed }).then(
      figures => ({ figures, ...(figures.failed && { failure: `${figures.failed} failed` }) }),
      (error: unknown) => ({ failure: error instanceof Error ? error.message : String(error) }),
    )
    const seconds = Math.round((performance.now() - started) / 100) / 10
    result = keep(file, result, { number, seed, seconds, ...outcome })
    console.log(
      `round ${number} of ${result.rounds}: ${outcome.failure ? `failed: ${outcome.failure}` : ''} ${'figures' in outcome ? JSON.stringify(outcome.figures) : ''}`,
    )
  }
  return result
}

/** A round that threw has failed once. */
const count = (results: Result['results'], what: 'passed' | 'failed'): number =>
  results.reduce((sum, { figures, failure }) => sum + Number(figures?.[what] ?? (what === 'failed' && failure ? 1 : 0)), 0)

const [name] = positionals
if (!name) {
  await list()
} else if (!existsSync(join(folder, `${name}.ts`))) {
  console.error(`there is no campaign ${name}`)
  await list()
  process.exitCode = 2
} else {
  const { done, failed, seconds, results } = await conduct(name, await load(name))
  console.log(`${name}: ${done} rounds, ${failed} failed, ${Math.round(seconds)} s`)
  console.log(`${count(results, 'passed')} passed, ${count(results, 'failed')} failed`)
  process.exitCode = failed > 0 ? 1 : 0
}
