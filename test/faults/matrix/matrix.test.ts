import { expect, it } from 'vitest'
import { runMatrix } from './matrix.ts'
import { scenarios } from './scenarios/all.ts'

/** One of each sort: a run from its creation on, a change of version under a service, a name that is taken over. */
const SAMPLE = ['train', 'promote', 'replace-service']
const EVERY = 7

it('an operator killed at a sample of its writes, before, without the answer and after, ends as one that was left alone', async () => {
  const { verdicts } = await runMatrix({
    scenarios: scenarios.filter(({ name }) => SAMPLE.includes(name)),
    lanes: 6,
    choose: plans => plans.filter((_, index) => index % EVERY === 0),
  })
  expect(verdicts.filter(({ isMoot }) => !isMoot).length).toBeGreaterThan(12)
  expect(verdicts.filter(({ problems }) => problems.length > 0)).toEqual([])
}, 240_000)
