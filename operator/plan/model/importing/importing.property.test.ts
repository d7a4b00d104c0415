// Whatever happens around imports, no version moves before the answer of its own Job is stored.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { bundleOf } from '../../../api/versionbundle.ts'
import { sampleDecision, sampleVersion } from '../sampleworld.ts'
import { type Cluster, cluster, ended, importedVersion, isOver, look, pass, report } from './samplecluster.ts'

const HISTORIES = Number(process.env['HISTORIES'] ?? 100)

const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('register' as const), imported: fc.boolean() }),
    fc.record({
      kind: fc.constant('end' as const),
      which: fc.nat(3),
      how: fc.constantFrom('right', 'right', 'other', 'rubbish', 'refused', 'failed'),
    }),
    fc.record({
      kind: fc.constant('decide' as const),
      which: fc.nat(6),
      action: fc.constantFrom('Promote', 'Bypass', 'Rollback', 'Restore', 'Archive'),
    }),
    fc.record({ kind: fc.constant('anew' as const), which: fc.nat(6) }),
    fc.record({ kind: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 90 }) }),
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('pass' as const), dies: fc.boolean() }) },
  ),
  { maxLength: 40, size: 'max' },
)
type Step = typeof steps extends fc.Arbitrary<(infer S)[]> ? S : never

interface Story extends Cluster {
  minutes: number
  next: number
}

const answers: Record<string, (number: number) => { exitCode: number; message: string }> = {
  right: number => ({ exitCode: 0, message: report(number) }),
  other: number => ({ exitCode: 0, message: report(number + 1) }),
  rubbish: () => ({ exitCode: 0, message: '{' }),
  refused: () => ({ exitCode: 44, message: 'refused' }),
  failed: () => ({ exitCode: 1, message: 'failed' }),
}

const happen = (story: Story, step: Step): Story => {
  const version = 'which' in step ? story.versions[step.which % Math.max(1, story.versions.length)] : undefined
  if (step.kind === 'wait') return { ...story, minutes: story.minutes + step.minutes }
  if (step.kind === 'register') {
    const added = step.imported ? importedVersion(story.next) : sampleVersion(story.next, 0.9)
    return { ...story, next: story.next + 1, versions: [...story.versions, added] }
  }
  if (step.kind === 'end') {
    const open = story.jobs.filter(job => !isOver(job))
    const job = open[step.which % Math.max(1, open.length)]
    const number = Number(job?.metadata.labels?.['tidegate.io/version'] ?? 0)
    const answer = answers[step.how]
    return job && answer ? { ...story, ...ended(story, number, { ...answer(number), minutes: story.minutes }) } : story
  }
  if (step.kind === 'decide' && version) {
    const decision = sampleDecision({ action: step.action as 'Promote', stage: 'Production', version: version.spec.version, reason: 'so' })
    return { ...story, decisions: [...story.decisions, decision] }
  }
  if (step.kind === 'anew' && version) {
    const { status: _, ...fresh } = version
    const again = { ...fresh, metadata: { ...fresh.metadata, uid: `${fresh.metadata.uid}-again` } }
    return { ...story, versions: story.versions.map(each => (each === version ? again : each)) }
  }
  return step.kind === 'pass' ? passed(story, step.dies) : story
}

/** Dies after the status of the Model is written: the versions do not hear of it. */
const passed = (story: Story, dies: boolean): Story => {
  const planned = look(story, story.minutes)
  const before = story.model.status?.history ?? []
  const moves = (planned.status?.history ?? []).slice(0, (planned.status?.history?.length ?? 0) - before.length)
  for (const { version: number, to } of moves.filter(({ to }) => to === 'Production')) {
    const stored = story.versions.find(({ spec }) => spec.version === number)
    expect(stored && bundleOf(stored), `version ${number} entered ${to}`).toBeDefined()
  }
  const after = pass(story, story.minutes)
  return { ...story, ...after, ...(dies && { versions: story.versions }) }
}

it('a version enters a stage only with a bundle that is stored', () => {
  const stages = [{ name: 'Production', automatic: true }]
  fc.assert(
    fc.property(steps, told => {
      told.reduce<Story>((story, step) => happen(story, step), { ...cluster({ stages }), minutes: 1, next: 1 })
    }),
    { numRuns: HISTORIES },
  )
})
