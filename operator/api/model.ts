// Model: the ladder of stages, the gates between them, and who holds which stage.
import { conditions } from './conditions.ts'
import { defineResource, nameRules, type Resource, type SpecOf } from './resource.ts'
import { bigCount, count, exactlyOne, flag, type Infer, listOf, mapOf, number, object, optional, rule, text, timestamp } from './schema.ts'

const gate = object(
  'A bound on a metric of the test rows.',
  {
    metric: text('Name of the metric, such as accuracy, f1 or roc_auc.', { minLength: 1, maxLength: 40, pattern: '^[a-z][a-z0-9_]*$' }),
    atLeast: optional(number('Passes when the metric is this or more.')),
    atMost: optional(number('Passes when the metric is this or less.')),
    above: optional(number('Passes when the metric is more than this.')),
    below: optional(number('Passes when the metric is less than this.')),
  },
  exactlyOne('atLeast', 'atMost', 'above', 'below'),
)
export type Gate = Infer<typeof gate>

const stage = object('One step of the ladder.', {
  name: text('Name of the stage, such as Staging.', { minLength: 1, maxLength: 40, pattern: '^[A-Za-z][A-Za-z0-9_-]*$' }),
  gates: optional(listOf('All must pass before a version may enter.', gate, { maxItems: 16 })),
  automatic: flag('When true, a version that passes the gates enters by itself; when false, it is held below.', { default: true }),
})
export type Stage = Infer<typeof stage>

const move = object('One move of one version.', {
  version: count('The version.', { minimum: 1 }),
  from: text('Stage before.', { maxLength: 40 }),
  to: text('Stage after.', { maxLength: 40 }),
  actor: text('Who moved it.', { maxLength: 253 }),
  reason: text('Why, with the numbers.', { maxLength: 512 }),
  digest: text('Digest of the bundle.', { maxLength: 71 }),
  at: timestamp('When.'),
})
export type Move = Infer<typeof move>

export const Model = defineResource({
  kind: 'Model',
  plural: 'models',
  shortNames: ['mdl'],
  description: 'Model is the ladder of stages of one model, the gates between them, and who holds which stage.',
  rules: nameRules('Model'),
  columns: [
    { name: 'Ready', path: '.status.conditions[?(@.type=="Ready")].status', description: 'Whether the registry is consistent.' },
    { name: 'Production', path: '.status.holders.Production', type: 'integer', description: 'Version that holds Production.' },
    { name: 'Staging', path: '.status.holders.Staging', type: 'integer', description: 'Version that holds Staging.' },
    { name: 'Last', path: '.status.lastVersion', type: 'integer', description: 'Highest number taken.' },
    { name: 'Message', path: '.status.conditions[?(@.type=="Ready")].message', description: 'Why.' },
  ],
  spec: object(
    'The ladder.',
    {
      stages: listOf('The stages, in order from the first to the last.', stage, { minItems: 1, maxItems: 8, key: 'name' }),
    },
    rule(
      "!self.stages.exists(s, s.name.lowerAscii() == 'none' || s.name.lowerAscii() == 'archived')",
      'None and Archived are the ends of every ladder and cannot be stages: choose another name',
    ),
  ),
  status: object('Who stands where.', {
    observedGeneration: optional(bigCount('Generation of the spec that was looked at.', { minimum: 0 })),
    holders: optional(mapOf('Version that holds each stage.', count('Version.', { minimum: 1 }), { maxProperties: 32 })),
    archived: optional(
      listOf('Versions that held a stage and were replaced.', count('Version.', { minimum: 1 }), { maxItems: 1000, set: true }),
    ),
    lastVersion: optional(count('Highest number that was taken.', { minimum: 0 })),
    history: optional(listOf('The last 100 moves, the newest first.', move, { maxItems: 100 })),
    conditions: optional(conditions),
  }),
})
export type Model = Resource<typeof Model>
export type ModelSpec = SpecOf<typeof Model>
export type ModelStatus = NonNullable<Model['status']>
