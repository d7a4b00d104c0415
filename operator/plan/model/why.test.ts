// The one line of `kubectl get modelversions` that answers why version 7 is not in Production; docs/guide/modelversion.md shows the same lines.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Decision } from '../../api/decision.ts'
import type { ModelSpec, ModelStatus, Stage } from '../../api/model.ts'
import type { ModelVersion, ModelVersionStatus } from '../../api/modelversion.ts'
import { plan } from './plan.ts'
import { approval, later, nothingElse, sampleDecision, sampleModel, sampleVersion, start } from './sampleworld.ts'

const staging: Stage = { name: 'Staging', automatic: true }
const gates = [{ metric: 'accuracy', atLeast: 0.9 }]
const to = (production: Partial<Stage>, first: Partial<Stage> = {}): ModelSpec => ({
  stages: [
    { ...staging, ...first },
    { name: 'Production', automatic: true, ...production },
  ],
})
const asks = (approvals: Partial<NonNullable<Stage['approvals']>>) =>
  to({ approvals: { required: 1, notAuthor: false, expireAfter: '72h', ...approvals } })

interface Scene {
  spec?: ModelSpec
  seven?: ModelVersion
  others?: ModelVersion[]
  /** What people said, pass after pass. */
  words?: ((spec: ModelSpec, seven: ModelVersion) => Decision)[]
  now?: Date
}

const why = ({ spec = to({}), seven = sampleVersion(7, 0.95), others = [], words = [], now = start }: Scene): string => {
  const versions = [...others, seven]
  const look = (status: ModelStatus | undefined, decisions: Decision[]) =>
    plan({
      object: sampleModel(spec, status),
      versions,
      decisions,
      ...nothingElse,
      now,
    })
  let planned = look(undefined, [])
  for (const word of words) planned = look(planned.status, [word(spec, seven)])
  return lineOf(planned)
}

const lineOf = ({ statuses }: ReturnType<typeof plan>): string => {
  const status = statuses?.find(({ object }) => object.metadata.name === 'iris-v7')?.status as ModelVersionStatus
  const { reason, message } = status.conditions?.find(({ type }) => type === 'Ready') ?? {}
  return `${reason}: ${message}`
}

const orphan = (): string =>
  lineOf(
    plan({
      object: undefined,
      versions: [sampleVersion(7, 0.95)],
      decisions: [],
      ...nothingElse,
      now: start,
    }),
  )

const production = (spec: ModelSpec): Stage => spec.stages[1] as Stage

const cases: [string, string][] = [
  ['nobody wrote the rules', orphan()],
  ['a gate failed', why({ spec: to({ gates }), seven: sampleVersion(7, 0.78) })],
  ['a gate of the stage below failed', why({ spec: to({}, { gates }), seven: sampleVersion(7, 0.78) })],
  ['a metric was not measured', why({ spec: to({ gates: [{ metric: 'f2', atLeast: 0.8 }] }) })],
  ['too few test rows', why({ spec: to({ gates: [{ metric: 'accuracy', atLeast: 0.9, minSamples: 100 }] }) })],
  ['the stage is not automatic', why({ spec: to({ automatic: false }) })],
  ['nobody has approved', why({ spec: asks({}) })],
  ['not enough people have approved', why({ spec: asks({ required: 2 }), words: [(spec, seven) => approval(production(spec), seven)] })],
  ['nobody knows who the author is', why({ spec: asks({ notAuthor: true }) })],
  [
    'a person rejected it',
    why({
      spec: to({ automatic: false }),
      words: [() => sampleDecision({ action: 'Reject', stage: 'Production', version: 7, reason: 'unfair to the elderly' })],
    }),
  ],
  ['it has not stood below for long enough', why({ spec: to({ soak: '24h' }) })],
  ['the stage is frozen', why({ spec: to({ freeze: [{ cron: '0 0 * * *', duration: '12h', timeZone: 'UTC' }] }), now: later(60) })],
  [
    'the stage is on hold after a rollback',
    (() => {
      const spec = to({ soak: '1h' })
      const versions = [sampleVersion(5, 0.95), sampleVersion(6, 0.95), sampleVersion(7, 0.95)]
      const at = (status: ModelStatus | undefined, count: number, decisions: Decision[] = [], now = later(120)) =>
        plan({
          object: sampleModel(spec, status),
          versions: versions.slice(0, count),
          decisions,
          ...nothingElse,
          now,
        })
      const five = at(at(undefined, 1, [], start).status, 1)
      const six = at(at(five.status, 2, [], later(120)).status, 2, [], later(240))
      const back = at(six.status, 2, [sampleDecision({ action: 'Rollback', stage: 'Production', reason: 'complaints' })], later(240))
      return lineOf(at(back.status, 3, [], later(600)))
    })(),
  ],
  [
    'another candidate of its run was better',
    why({
      seven: (() => {
        const { spec, ...seven } = sampleVersion(7, 0.95)
        return { ...seven, spec: { ...spec, source: { trainingJob: 'iris', uid: 'u', run: 4, rank: 2 } } }
      })(),
    }),
  ],
  [
    'retention removes it',
    why({
      spec: { ...to({}, { gates }), retention: { keep: 1 } },
      seven: sampleVersion(7, 0.78),
      others: [sampleVersion(8, 0.78)],
      now: later(120),
    }),
  ],
  [
    'a newer version was there before it',
    (() => {
      const eight = sampleVersion(8, 0.95)
      const first = plan({
        object: sampleModel(to({})),
        versions: [eight],
        decisions: [],
        ...nothingElse,
        now: start,
      })
      return lineOf(
        plan({
          object: sampleModel(to({}), first.status),
          versions: [sampleVersion(7, 0.95), eight],
          decisions: [],
          ...nothingElse,
          now: start,
        }),
      )
    })(),
  ],
  [
    'a newer version took its place',
    (() => {
      const versions = [sampleVersion(7, 0.95), sampleVersion(8, 0.95)]
      const first = plan({
        object: sampleModel(to({})),
        versions: versions.slice(0, 1),
        decisions: [],
        ...nothingElse,
        now: start,
      })
      return lineOf(
        plan({
          object: sampleModel(to({}), first.status),
          versions,
          decisions: [],
          ...nothingElse,
          now: start,
        }),
      )
    })(),
  ],
  [
    'a person archived it',
    why({ words: [() => sampleDecision({ action: 'Archive', stage: 'Production', version: 7, reason: 'licence of the data ended' })] }),
  ],
  ['a window of the stage cannot be read', why({ spec: to({ freeze: [{ cron: '0 0 31 2 *', duration: '1h', timeZone: 'UTC' }] }) })],
]

const page = readFileSync(join(import.meta.dirname, '../../../docs/guide/modelversion.md'), 'utf8')

describe('why version 7 is not in Production', () => {
  it.each(cases)('because %s', (_, line) => {
    const end = line.indexOf(': ')
    const [reason, message] = [line.slice(0, end), line.slice(end + 2)] as const
    expect(page).toContain(`| \`${reason}\` | ${message.replace(/gate run [0-9a-f]{12}/, 'gate run 3f2a91c07be4')} |`)
  })

  it('has another answer for each cause', () => {
    expect(new Set(cases.map(([, line]) => line)).size).toBe(cases.length)
  })
})
