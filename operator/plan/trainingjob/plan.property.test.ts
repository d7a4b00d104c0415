import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { check, emptyMemory } from '../../../test/simulated/alwaystrue.ts'
import { cluster, pass, restart, settle } from '../../../test/simulated/cluster.ts'
import { collect, endPods, runPods, startPods } from '../../../test/simulated/kubernetes.ts'
import { spec, steps } from '../../../test/simulated/steps.ts'
import { specDigest } from './specdigest.ts'

/** Steps that lead somewhere are taken more often than their share. */
const usual = ['the loop comes to rest', 'the loop comes to rest', 'pods start', 'pods run', 'pods end in success', 'the loop runs once']
const story = fc.array(fc.constantFrom(...usual, ...Object.keys(steps)), { minLength: 10, maxLength: 60 })

/** A schedule from the beginning, runs that end, and times that come while this and that happens. */
const schedules = Object.keys(steps).filter(name => name.startsWith('it is to run'))
const round = [
  'the loop comes to rest',
  'pods start',
  'pods run',
  'pods end in success',
  'the loop comes to rest',
  'the garbage collector runs',
]
const clocks = ['an hour passes', 'time passes', 'the operator is away for a month']
const deaths = ['the operator dies after one write', 'the operator dies after two writes', 'the operator dies after three writes']
const others = [
  'the loop runs once',
  'a run is requested',
  'it is suspended',
  'it is resumed',
  'pods start',
  'the spec asks for another seed',
]
const rest = ['pods end in crash', 'its schedule cannot be read', 'old jobs are forgotten', ...schedules]
const scene = fc.oneof(
  fc.constantFrom(...clocks).map(clock => [clock, ...round]),
  fc.constantFrom(...clocks, ...deaths, ...others, ...rest).map(name => [name]),
)
const scheduledStory = fc
  .tuple(fc.constantFrom(...schedules), fc.array(scene, { minLength: 5, maxLength: 15 }))
  .map(([first, scenes]) => [first, ...round, ...scenes.flat()])

/** Several bundles a run, gates that judge them, and an operator that dies in the middle of it. */
const gates = Object.keys(steps).filter(name => name.startsWith('the gates'))
const refusal = ['the gates fail the version', 'the loop comes to rest', 'an hour passes', ...round]
const judgedScene = fc.oneof(
  fc.constant(refusal),
  fc.constantFrom(...gates).map(name => [name, ...round]),
  fc.constantFrom(...deaths, ...deaths, ...gates, ...others, ...rest, 'a stranger takes the next version').map(name => [name]),
  fc.constantFrom(...deaths).map(death => ['a run is requested', ...round.slice(0, 4), death, death, 'the loop comes to rest']),
)
const beginnings = ['the two best are to be registered', 'three of three are to be registered', 'the loop runs once']
const judgedStory = fc
  .tuple(fc.constantFrom(...beginnings), fc.array(judgedScene, { minLength: 5, maxLength: 12 }))
  .map(([first, scenes]) => [first, 'a failed gate is to be followed by a wider search', ...round, ...scenes.flat()])

/** A campaign takes more. */
const stories = Number(process.env['TIDEGATE_STORIES'] ?? 200)

describe('a TrainingJob, whatever happens', () => {
  it.each([
    ['', story, stories, { scheduled: 0, followed: 0, beside: 0 }],
    ['with a schedule: ', scheduledStory, Math.ceil(stories / 2), { scheduled: Math.ceil(stories / 4), followed: 0, beside: 0 }],
    [
      'with gates: ',
      judgedStory,
      Math.ceil(stories / 4),
      { scheduled: 0, followed: Math.ceil(stories / 8), beside: Math.ceil(stories / 4) },
    ],
  ] as const)('%shas one run at work, ends each run once, never takes a number twice, and comes to rest', (_what, kind, many, least) => {
    const seen = { scheduled: 0, followed: 0, beside: 0 }
    fc.assert(
      fc.property(kind, names => {
        const c = cluster()
        const memory = emptyMemory()
        for (const name of names) {
          steps[name]?.(c)
          check(c, memory)
        }
        // Kubernetes cleans up behind us, and then nothing is left to do.
        collect(c)
        for (let i = 0; i < 3; i++) {
          c.now += 60_000
          settle(c)
          collect(c)
        }
        check(c, memory)
        expect(pass(c)).toBe(0)
        restart(c)
        if (c.refused.length === 0) expect(pass(c), 'writes after a restart').toBe(0)
        seen.scheduled += memory.scheduled.size
        seen.followed += memory.followed.size
        seen.beside += c.versions.filter(version => (version.spec.source?.rank ?? 1) > 1).length
      }),
      { numRuns: many },
    )
    expect(seen.scheduled, 'runs that a schedule began').toBeGreaterThanOrEqual(least.scheduled)
    expect(seen.followed, 'runs that a failed gate began').toBeGreaterThanOrEqual(least.followed)
    expect(seen.beside, 'versions beside the best').toBeGreaterThanOrEqual(least.beside)
  })

  it('reaches the end of a run when nothing goes wrong any more', () => {
    fc.assert(
      fc.property(story, names => {
        const c = cluster()
        for (const name of names) steps[name]?.(c)
        c.refused = []
        restart(c)
        steps['its schedule is removed']?.(c)
        steps['a failed gate is to be followed by nothing']?.(c)
        spec(c, { suspend: false })
        for (let i = 0; i < 8; i++) {
          c.now += 60_000
          settle(c)
          collect(c)
          startPods(c)
          runPods(c)
          endPods(c, 'success')
        }
        settle(c)
        const runs = c.object.status?.runs ?? []
        expect(runs[0]).toMatchObject({ specDigest: specDigest(c.object.spec), outcome: expect.stringMatching('Succeeded|Failed') })
        expect(runs[0]?.reason).not.toBe('Superseded')
        expect(runs.filter(run => run.outcome === 'Succeeded' && run.version === undefined)).toEqual([])
      }),
      { numRuns: Math.ceil(stories / 4) },
    )
  })
})
