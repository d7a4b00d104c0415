// TrainingJob: trains a model on rows and registers the result as a ModelVersion.
import { algorithms } from './algorithms.ts'
import { builtins } from './builtin.ts'
import { ColumnRule, DataReport, folds, Metric, MOST_KEPT, RunnerUp, stages, stopAfters } from './bundle.ts'
import { conditions } from './conditions.ts'
import { columnName, cronLine, duration, objectName, resources, shortName, storage, timeZone } from './fields.ts'
import { comparedMetrics } from './gate.ts'
import { defineResource, nameRules, type Resource, type SpecOf } from './resource.ts'
import { Run } from './run.ts'
import {
  bigCount,
  choice,
  count,
  defaulted,
  exactlyOne,
  flag,
  listOf,
  mapOf,
  number,
  object,
  optional,
  rule,
  scalar,
  text,
  timestamp,
} from './schema.ts'

const builtin = (description: string) => choice(description, builtins)

const source = object(
  'Where the rows come from.',
  {
    csv: optional(
      object(
        'A CSV file with a header line on a PersistentVolumeClaim.',
        {
          claim: optional(objectName('The claim. Default: the data claim of spec.storage.data, <name>-data when created.')),
          path: text('Path of the file on the claim, relative, without "..".', {
            minLength: 1,
            maxLength: 512,
            pattern: '^[^/\\\\\\x00-\\x1f][^\\\\\\x00-\\x1f]*$',
          }),
        },
        rule(
          "!self.path.split('/').exists(part, part == '..' || part == '.' || part == '')",
          'path is relative to the claim and must not contain "..", "." or empty parts',
        ),
      ),
    ),
    configMap: optional(
      object('A CSV text in a ConfigMap, for small data.', {
        name: objectName('The ConfigMap.'),
        key: text('The key that holds the CSV text.', { minLength: 1, maxLength: 253, pattern: '^[-._a-zA-Z0-9]+$' }),
      }),
    ),
    builtin: optional(builtin('A data set that the trainer carries.')),
  },
  exactlyOne('csv', 'configMap', 'builtin'),
)

const checks = object('What must hold before anything is trained.', {
  schema: optional(listOf('Rules for columns. A column with a rule must exist.', ColumnRule, { maxItems: 128, key: 'name' })),
  minRows: count('Fewest rows.', { minimum: 10, maximum: 1_000_000_000, default: 10 }),
  maxMissing: number('Largest share of empty cells in any used column, from 0 to 1.', { minimum: 0, maximum: 1, default: 0.1 }),
  onFailure: choice('fail ends the run; fallback trains on data.fallback instead and says so.', ['fail', 'fallback'], { default: 'fail' }),
})

const split = object(
  'How test rows are chosen; the model never sees them in training.',
  {
    method: choice(
      'hash chooses by the content of a row, so that a test row stays a test row for every version; random gives exact counts for a seed, and versions cannot be compared row by row.',
      ['hash', 'random'],
      { default: 'hash' },
    ),
    test: number('Share of rows that are tested on, from 0.05 to 0.5.', { minimum: 0.05, maximum: 0.5, default: 0.2 }),
    stratify: flag('random: each class keeps its share in both parts. hash: each class must appear in both parts.', { default: true }),
    salt: text('Salt of the hash: another salt chooses other rows.', { maxLength: 64, default: 'tidegate' }),
    seed: count('Seed of the random split.', { minimum: 0, default: 42 }),
  },
  // The API server compares a whole number with the whole part of a bound, so 0 would pass a minimum of 0.05.
  rule('self.test >= 0.05', 'split.test is a share from 0.05 to 0.5: give the test rows at least 0.05'),
)

const data = object(
  'The rows.',
  {
    source,
    fallback: optional(
      object('Rows used when the source is missing or invalid and checks.onFailure is fallback.', {
        builtin: builtin('A data set that the trainer carries.'),
      }),
    ),
    target: optional(columnName('Column to predict. Needed unless the source is builtin.')),
    columns: optional(
      listOf('Feature columns. Default: all but the target and the ignored ones.', columnName('Column.'), {
        maxItems: 512,
        minItems: 1,
        set: true,
      }),
    ),
    ignore: optional(listOf('Columns left out, such as identifiers.', columnName('Column.'), { maxItems: 512, set: true })),
    checks: defaulted(checks),
    split: defaulted(split),
  },
  rule('has(self.source.builtin) || has(self.target)', 'target is required for csv and configMap sources: name the column to predict'),
  rule(
    "(self.checks.onFailure == 'fallback') == has(self.fallback)",
    'fallback and checks.onFailure: fallback belong together: set both or neither',
  ),
  rule(
    '!has(self.target) || !has(self.columns) || !(self.target in self.columns)',
    'the target cannot be one of columns: remove it from columns',
  ),
  rule(
    '!has(self.target) || !has(self.ignore) || !(self.target in self.ignore)',
    'the target cannot be one of ignore: remove it from ignore',
  ),
)

const candidate = object('One algorithm with given parameters.', {
  algorithm: choice('Which algorithm.', Object.keys(algorithms) as [string, ...string[]]),
  parameters: optional(
    mapOf(
      'Parameters of the algorithm under the names of scikit-learn, such as max_iter: 200.',
      scalar('A number, a text, true, false or null.'),
      { maxProperties: 32 },
    ),
  ),
})

const crossValidation = object(
  'Each candidate is also trained once for each fold, on the rows of the others, and answers the rows of that fold. Several candidates are ranked by these answers, with or without this field, and a gate with outOfFold compares two versions by them; a version itself learns from all training rows.',
  {
    folds: count('Into how many folds the training rows are dealt, by their content: the same rows get the same folds in every run.', {
      minimum: folds.minimum,
      maximum: folds.maximum,
      default: folds.usual,
    }),
  },
)

const compute = object('What the training pod runs with.', {
  image: optional(
    text('Image of the trainer. Default: the one that the operator was installed with.', {
      minLength: 1,
      maxLength: 512,
      pattern: '^[^\\s]+$',
    }),
  ),
  resources: optional(resources('Requests and limits of the container. Default: requests cpu 250m, memory 512Mi; limit memory 2Gi.')),
  deadline: duration('Longest time of a run, retries included.', { default: '1h' }),
  retries: count('How often a failed pod is tried again; bad data and bad configuration are never tried again.', {
    minimum: 0,
    maximum: 10,
    default: 2,
  }),
})

const schedule = object(
  'When it trains again by itself. Times that were missed are caught up by one run.',
  {
    every: optional(duration('How long after the start of the last run, from 1m to 3650d.')),
    cron: optional(cronLine('At the times of a cron line.')),
    timeZone: optional(timeZone('Time zone of cron. Default: UTC.')),
  },
  exactlyOne('every', 'cron'),
  rule('!has(self.timeZone) || has(self.cron)', 'timeZone belongs to cron: remove it, or use cron in place of every'),
)

const register = object('Which of the candidates become versions.', {
  top: count('The best so many of one run, each a version of its own. By itself only the best climbs the ladder.', {
    minimum: 1,
    maximum: MOST_KEPT,
    default: 1,
  }),
  by: choice('What several candidates are ranked by: this metric, cross-validated on the train rows.', comparedMetrics, { default: 'f1' }),
})

const retrain = object('What makes it train again beside the spec, a request and the schedule. Nothing, when left out.', {
  onGateFailure: optional(
    object('A gate of the first stage failed the version of the last run: another run searches wider.', {
      after: duration('How long after the verdict. Doubled again and again once three retrains in a row did not help.', { default: '10m' }),
      attempts: count('Most such runs in a row.', { minimum: 1, maximum: 5, default: 3 }),
      trials: count('So many variations of the candidates are drawn by the first such run, twice as many by the second, and so on.', {
        minimum: 1,
        maximum: 50,
        default: 10,
      }),
    }),
  ),
})

export const TrainingJob = defineResource({
  kind: 'TrainingJob',
  plural: 'trainingjobs',
  shortNames: ['tj'],
  description: 'TrainingJob trains a model on rows and registers the result as a ModelVersion.',
  rules: nameRules('TrainingJob'),
  columns: [
    { name: 'Ready', path: '.status.conditions[?(@.type=="Ready")].status', description: 'Whether the last run did what was asked of it.' },
    { name: 'Reason', path: '.status.conditions[?(@.type=="Ready")].reason', description: 'Why.' },
    { name: 'Progress', path: '.status.progress.percent', type: 'integer', description: 'Percent of the run.' },
    { name: 'Stage', path: '.status.progress.stage', description: 'What the trainer is doing.' },
    { name: 'ETA', path: '.status.progress.etaSeconds', type: 'integer', description: 'Seconds to the end, estimated.' },
    { name: 'Version', path: '.status.version', description: 'The ModelVersion of the last success.' },
    { name: 'Accuracy', path: '.status.metrics[?(@.name=="accuracy")].value', type: 'number', description: 'On the test rows.' },
    { name: 'Message', path: '.status.conditions[?(@.type=="Ready")].message', description: 'Why, for people.' },
    // A text: kubectl shows a date as the time since, and has no word for one to come.
    { name: 'Next', path: '.status.nextRunAt', description: 'When the schedule is due.', priority: 1 },
  ],
  spec: object(
    'The training that we want.',
    {
      model: shortName('Versions are registered under this name; the Model of this name holds the gates.'),
      task: choice('What is learned.', ['classification'], { default: 'classification' }),
      data,
      candidates: listOf('What is trained. Several are ranked, and the best becomes a version.', candidate, { minItems: 1, maxItems: 16 }),
      crossValidation: optional(crossValidation),
      register: defaulted(register),
      storage: defaulted(
        object('Claims. They carry no owner and are never deleted by the operator.', {
          data: defaulted(storage('Where a csv source without a claim is read from.', '1Gi')),
          artifacts: defaulted(storage('Where bundles are written and served from.', '1Gi')),
        }),
      ),
      compute: defaulted(compute),
      schedule: optional(schedule),
      retrain: optional(retrain),
      tracking: optional(
        object('How runs are logged, when the operator has a tracking server.', {
          experiment: text('Name of the experiment. Default: <namespace>.<model>.', { minLength: 1, maxLength: 250 }),
        }),
      ),
      suspend: flag('When true, no pod runs; a run in progress is stopped and starts over on resume.', { default: false }),
      stopAfter: optional(
        choice(
          'Validation: a run reads and checks the rows of the source, and ends there. It trains nothing, writes nothing, and registers no version; the fallback is not asked.',
          stopAfters,
        ),
      ),
    },
    rule(
      'self.register.top <= self.candidates.size()',
      'register.top is more than there are candidates: list more candidates, or register fewer',
    ),
  ),
  status: object('The training that we see.', {
    observedGeneration: optional(bigCount('Generation of the spec that was looked at.', { minimum: 0 })),
    progress: optional(
      object('What the trainer last said.', {
        percent: count('How far it is.', { minimum: 0, maximum: 100 }),
        stage: choice('What it is doing.', stages),
        etaSeconds: optional(count('Seconds to the end, estimated.', { minimum: 0 })),
      }),
    ),
    metrics: optional(listOf('Metrics of the last success.', Metric, { maxItems: 16, key: 'name' })),
    runnersUp: optional(
      listOf('What the last success left beside the best candidate, the best first.', RunnerUp, { maxItems: MOST_KEPT - 1 }),
    ),
    dataReport: optional(DataReport),
    version: optional(objectName('The ModelVersion of the last success.')),
    storage: optional(
      object('The artifacts claim, as the last run that could measured it.', {
        claim: objectName('The claim.'),
        sizeBytes: bigCount('Size of its volume.', { minimum: 1 }),
        freeBytes: bigCount('What is left of it.', { minimum: 0 }),
        at: timestamp('When.'),
      }),
    ),
    runs: optional(listOf('The last 20 runs, the newest first.', Run, { maxItems: 20, key: 'number' })),
    nextRunAt: optional(timestamp('When the schedule is due; once that is past, a run begins as soon as nothing holds it back.')),
    retrainAt: optional(
      timestamp('When a run follows because a gate failed the version of the last one; past, when something holds it back.'),
    ),
    conditions: optional(conditions),
  }),
})
export type TrainingJob = Resource<typeof TrainingJob>
export type TrainingJobSpec = SpecOf<typeof TrainingJob>
export type TrainingJobStatus = NonNullable<TrainingJob['status']>
