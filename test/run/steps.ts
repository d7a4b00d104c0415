// The steps of `npm test`: what each runs, how long it may take, and which may run beside which.
import { existsSync } from 'node:fs'
import { ALL_BINARIES, binaryPath } from '../cluster/recipes.ts'
import { haveEnvironment } from './pythonenvironment.ts'

export interface Step {
  name: string
  /** A script of package.json, with arguments; or any command instead. */
  script?: string
  args?: readonly string[]
  command?: readonly string[]
  /** Seconds with everything cached, and seconds from empty caches; twice that fails the run. */
  budget: { warm: number; cold: number }
  /** Whether what the step would otherwise fetch or build is there. */
  isWarm?: () => boolean
  /** Which report of its tests the step leaves. */
  report?: 'vitest' | 'junit'
}

/** They measure seconds of the operator, so nothing that loads the machine may run beside them. */
export const TIMED = ['leadership/leadership', 'watches/singlefaults'].map(name => `test/faults/${name}.test.ts`)

const haveBinaries = (): boolean => ALL_BINARIES.every(name => existsSync(binaryPath(name)))

/** What all others stand on: when it fails, nothing else runs. */
export const first: Step = { name: 'preflight', script: 'test:preflight', budget: { warm: 180, cold: 180 } }

/** Quick ones first: they fail within the first minute, while the binaries of the cluster are built beside them at low priority. */
export const quick: readonly Step[] = [
  { name: 'lint', script: 'lint', budget: { warm: 20, cold: 60 }, isWarm: haveBinaries },
  { name: 'types', script: 'typecheck', budget: { warm: 15, cold: 45 }, isWarm: haveBinaries },
  { name: 'generated', script: 'test:generated', budget: { warm: 10, cold: 30 }, isWarm: haveBinaries, report: 'vitest' },
  {
    name: 'unit',
    script: 'test:unit',
    args: ['--exclude', 'test/generated.test.ts'],
    // Alone it takes 45 s; here the trainer's tests and the images are beside it.
    budget: { warm: 80, cold: 140 },
    isWarm: haveBinaries,
    report: 'vitest',
  },
  { name: 'trainer', script: 'test:trainer', budget: { warm: 160, cold: 480 }, isWarm: () => haveEnvironment(), report: 'junit' },
]

export const beside: readonly Step[] = [
  { name: 'prepare', script: 'test:prepare', budget: { warm: 120, cold: 1500 }, isWarm: haveBinaries },
]

/** These need the machine for themselves: they measure times. */
export const alone: readonly Step[] = [
  { name: 'integration', script: 'test:integration', budget: { warm: 260, cold: 300 }, report: 'vitest' },
  // Its tests wait more than they work: three files at a time, each on a control plane of its own.
  {
    name: 'faults',
    script: 'test:faults',
    args: TIMED.flatMap(file => ['--exclude', file]),
    budget: { warm: 240, cold: 240 },
    report: 'vitest',
  },
  { name: 'seconds', script: 'test:faults', args: ['--no-file-parallelism', ...TIMED], budget: { warm: 140, cold: 140 }, report: 'vitest' },
  { name: 'conformance', script: 'test:conformance', budget: { warm: 80, cold: 80 }, report: 'vitest' },
  {
    name: 'tracking',
    script: 'test:tracking',
    // MLflow itself takes a quarter of a minute to start, three times, and is away for a whole one.
    budget: { warm: 160, cold: 420 },
    isWarm: () => haveEnvironment('mlflow'),
    report: 'vitest',
  },
  { name: 'e2e', script: 'test:e2e', budget: { warm: 900, cold: 1560 }, isWarm: haveBinaries, report: 'vitest' },
]

export const steps: readonly Step[] = [first, ...quick, ...beside, ...alone]

/** Seconds for all of it: half an hour with everything cached, 75 minutes from empty caches. */
export const TOTAL = { warm: 1800, cold: 4500 }

/** Decided once, before anything runs: a step that fills a cache makes the later ones warm. */
export const budgets = (): Map<string, number> =>
  new Map(steps.map(step => [step.name, (step.isWarm?.() ?? true) ? step.budget.warm : step.budget.cold]))
