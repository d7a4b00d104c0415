// What trainer, operator and server say to each other: configuration, progress, summary, and the manifest of a bundle.
import { algorithms } from './algorithms.ts'
import { builtins } from './builtin.ts'
import { runId } from './fields.ts'
import { comparedMetrics } from './gate.ts'
import { bigCount, choice, count, flag, type Infer, listOf, mapOf, number, object, optional, scalar, text, timestamp } from './schema.ts'

const contractVersion = count('Version of this contract.', { minimum: 1, maximum: 1 })
const digest = (description: string) => text(description, { pattern: '^sha256:[0-9a-f]{64}$', maxLength: 71 })

export const Metric = object('One measured value; on the test rows with its 95% interval.', {
  name: text('Such as accuracy, precision, recall, f1, roc_auc, log_loss; averages over classes are macro averages.', { maxLength: 40 }),
  value: number('The point estimate.'),
  low: optional(number('Lower end of the 95% interval.')),
  high: optional(number('Upper end of the 95% interval.')),
  interval: optional(choice('How the interval was made.', ['wilson', 'bootstrap'])),
})
export type Metric = Infer<typeof Metric>

export const ColumnRule = object('What one column must look like.', {
  name: text('Name of the column.', { minLength: 1, maxLength: 128 }),
  type: optional(choice('number: every cell reads as a number; category: text.', ['number', 'category'])),
  min: optional(number('Smallest allowed value; numbers only.')),
  max: optional(number('Largest allowed value; numbers only.')),
  exclusiveMin: optional(flag('When true, min itself is not allowed.')),
  values: optional(listOf('The allowed values, as text.', text('One value.', { maxLength: 128 }), { maxItems: 64 })),
})
export type ColumnRule = Infer<typeof ColumnRule>

/** Where a run may end before its time. */
export const stopAfters = ['Validation'] as const

const candidate = object('The algorithm and its parameters.', {
  algorithm: choice('Which algorithm.', Object.keys(algorithms) as [string, ...string[]]),
  parameters: mapOf('Its parameters.', scalar('Value.'), { maxProperties: 32 }),
})

/** How many bundles a run may leave. */
export const MOST_KEPT = 5

/** Into how many folds training rows may be dealt, and are where nobody says how many. */
export const folds = { minimum: 2, maximum: 20, usual: 5 } as const

export const TrainerConfig = object('The configuration file that the operator writes and the trainer reads.', {
  contract: contractVersion,
  namespace: text('Namespace of the TrainingJob.'),
  trainingJob: text('Name of the TrainingJob.'),
  run: count('Number of the run, from 1.', { minimum: 1 }),
  model: text('Name of the model.'),
  task: choice('What is learned.', ['classification']),
  stopAfter: optional(choice('Validation: the rows of the source are checked, and nothing is trained or written.', stopAfters)),
  data: object('Where the rows come from and what is done to them.', {
    file: optional(text('CSV file inside the container.', { maxLength: 1024 })),
    builtin: optional(choice('A data set that the trainer carries.', builtins)),
    described: text('The source in words a person knows, such as: claim iris-data, path iris.csv.', { maxLength: 512 }),
    fallback: optional(choice('Data set used instead when the source is missing or invalid.', builtins)),
    target: text('Name of the target column.', { maxLength: 128 }),
    columns: optional(
      listOf('Feature columns; default: all but target and ignored.', text('Column.', { maxLength: 128 }), { maxItems: 512 }),
    ),
    ignore: optional(listOf('Columns left out.', text('Column.', { maxLength: 128 }), { maxItems: 512 })),
    checks: object('What must hold before training.', {
      schema: optional(listOf('Rules for columns.', ColumnRule, { maxItems: 512 })),
      minRows: count('Fewest rows.', { minimum: 10 }),
      maxMissing: number('Largest share of empty cells in a column.', { minimum: 0, maximum: 1 }),
    }),
    split: object('How test rows are chosen.', {
      method: choice('hash: by content, stable across versions; random: by seed, exact counts.', ['hash', 'random']),
      test: number('Share of test rows.', { minimum: 0.05, maximum: 0.5 }),
      stratify: flag('Whether each class keeps its share.'),
      salt: text('Salt of the hash.', { maxLength: 64 }),
      seed: count('Seed of the random split.'),
    }),
  }),
  candidate,
  // What a plain run does without is left out, so that a trainer of an earlier release still reads its configuration.
  rivals: optional(listOf('Further candidates, trained on the same rows.', candidate, { maxItems: 15 })),
  crossValidation: optional(
    object('Answers to the training rows by models that have not learned from them. Candidates are ranked by these answers.', {
      folds: count('Into how many folds the training rows are dealt.', { minimum: folds.minimum, maximum: folds.maximum }),
    }),
  ),
  ranking: optional(
    object('How the best are chosen when there are several.', {
      by: choice('The metric of the cross-validation.', comparedMetrics),
      top: count('How many bundles are kept.', { minimum: 1, maximum: MOST_KEPT }),
    }),
  ),
  tuning: optional(
    object('Variations of the candidates, drawn by chance and ranked beside them.', {
      trials: count('How many.', { minimum: 1, maximum: 250 }),
      seed: count('Seed of the draw, and of the algorithms that are drawn.', { minimum: 0 }),
    }),
  ),
  tracking: optional(
    object('Where the run is logged, when there is a tracking server.', {
      uri: text('Address of the server, such as http://mlflow:5000.', { maxLength: 1024, pattern: '^https?://' }),
      experiment: text('The experiment that the run belongs to; made when it is missing.', { minLength: 1, maxLength: 250 }),
    }),
  ),
})
export type TrainerConfig = Infer<typeof TrainerConfig>

export const stages = ['Loading', 'Checking', 'Splitting', 'Training', 'Evaluating', 'Exporting', 'Done'] as const

export const Progress = object('What the trainer answers on GET /progress.', {
  contract: contractVersion,
  stage: choice('What it is doing.', stages),
  percent: count('How far it is.', { minimum: 0, maximum: 100 }),
  etaSeconds: optional(count('Seconds to the end, estimated.', { minimum: 0, maximum: 31_536_000 })),
  message: optional(text('More about it.', { maxLength: 256 })),
})
export type Progress = Infer<typeof Progress>

export const DataReport = object('What was read, and what became of it.', {
  source: choice('primary: the source asked for; fallback: the data set used instead.', ['primary', 'fallback']),
  described: text('The source in words.', { maxLength: 512 }),
  digest: optional(digest('Digest of the rows that were used.')),
  rows: optional(bigCount('Rows read.', { minimum: 0 })),
  columns: optional(count('Feature columns.', { minimum: 0 })),
  trainRows: optional(bigCount('Rows trained on.', { minimum: 0 })),
  testRows: optional(bigCount('Rows tested on, never trained on.', { minimum: 0 })),
  classes: optional(count('Number of classes.', { minimum: 0 })),
  message: optional(text('Why the fallback was used, or what else a person should know.', { maxLength: 600 })),
})
export type DataReport = Infer<typeof DataReport>

export const RunnerUp = object('A bundle that was kept beside the best one.', {
  digest: digest('Digest of the bundle.'),
  sizeBytes: bigCount('Size of the bundle.', { minimum: 0 }),
  algorithm: text('The algorithm.', { maxLength: 40 }),
  metrics: listOf('Measured on the test rows.', Metric, { maxItems: 16, minItems: 1, key: 'name' }),
  mlflowRunId: optional(runId('The run in the tracking server, when it was logged.')),
})
export type RunnerUp = Infer<typeof RunnerUp>

export const Summary = object('The termination message of the trainer: at most 4,000 bytes of JSON.', {
  contract: contractVersion,
  outcome: choice('How it ended.', ['Succeeded', 'Failed']),
  reason: optional(
    choice('Why it failed.', ['ConfigInvalid', 'DataMissing', 'DataInvalid', 'ChecksRefused', 'TrainingFailed', 'StorageFailed']),
  ),
  message: optional(text('Why, for people, with the field, the value, the allowed range and the next step.', { maxLength: 1200 })),
  artifact: optional(
    object('The bundle that was written.', {
      path: text('Folder on the artifacts claim.', { maxLength: 512 }),
      digest: digest('Digest of the bundle.'),
      sizeBytes: bigCount('Size of the bundle.', { minimum: 0 }),
    }),
  ),
  data: optional(DataReport),
  algorithm: optional(text('The algorithm.', { maxLength: 40 })),
  metrics: optional(listOf('Measured on the test rows.', Metric, { maxItems: 16, key: 'name' })),
  runnersUp: optional(
    listOf('Further bundles, the best first, in the folders <artifact.path>-2, <artifact.path>-3 and so on.', RunnerUp, {
      maxItems: MOST_KEPT - 1,
    }),
  ),
  storage: optional(
    object('The volume of the artifacts claim, when the run ended.', {
      sizeBytes: bigCount('Its size.', { minimum: 1 }),
      freeBytes: bigCount('What is left of it.', { minimum: 0 }),
    }),
  ),
  finishedAt: optional(timestamp('When it ended.')),
  mlflowRunId: optional(runId('The run in the tracking server, when it was logged.')),
})
export type Summary = Infer<typeof Summary>

const InputColumn = object('One column that a client sends.', {
  name: text('Name of the column.', { maxLength: 128 }),
  type: choice('number or text.', ['number', 'category']),
  minimum: optional(number('Smallest accepted value, from the rules of the TrainingJob.')),
  maximum: optional(number('Largest accepted value, from the rules of the TrainingJob.')),
  exclusiveMinimum: optional(flag('Whether minimum itself is refused.')),
  categories: optional(
    listOf('Accepted values, from the rules of the TrainingJob.', text('One value.', { maxLength: 128 }), { maxItems: 64 }),
  ),
  nullable: flag('Whether null (a missing value) is accepted: true when the training rows had missing cells or preparation imputes them.'),
  example: scalar('A value seen in training, for documentation.'),
})
export type InputColumn = Infer<typeof InputColumn>

const Tensor = object('One tensor of the ONNX graph.', {
  name: text('Name.', { maxLength: 128 }),
  datatype: choice('Open Inference Protocol datatype.', ['FP32', 'INT64', 'BYTES']),
  shape: listOf('Sizes; -1 is the number of rows.', bigCount('Size.'), { maxItems: 2 }),
  columns: optional(
    listOf('Which columns it carries, in order; a missing number is NaN, a missing text is empty.', text('Column.', { maxLength: 128 }), {
      maxItems: 512,
    }),
  ),
})

const row = listOf('Values in the order of inputs; numbers are float32.', scalar('Value.'), { maxItems: 512 })

export const Manifest = object('manifest.json of a bundle: everything a server must know.', {
  contract: contractVersion,
  model: text('Name of the model.'),
  task: choice('What it predicts.', ['classification']),
  algorithm: text('The algorithm.', { maxLength: 40 }),
  parameters: mapOf('Its parameters.', scalar('Value.'), { maxProperties: 64 }),
  target: text('Name of the target column.', { maxLength: 128 }),
  labels: listOf('Class names; position is the index that the model answers.', text('Class.', { maxLength: 128 }), {
    maxItems: 1000,
    minItems: 2,
  }),
  inputs: listOf('Columns a client sends, in the order of a features list.', InputColumn, { maxItems: 512, minItems: 1 }),
  onnx: object('The graph in model.onnx.', {
    opset: count('Version of ai.onnx.', { minimum: 1 }),
    irVersion: count('IR version.', { minimum: 1 }),
    inputs: listOf(
      'numeric (FP32, all number columns) and categorical (BYTES, all category columns); a kind without columns is absent.',
      Tensor,
      {
        maxItems: 2,
        minItems: 1,
      },
    ),
    outputs: listOf('label (INT64 index) and probabilities (FP32, one column per label).', Tensor, { maxItems: 2, minItems: 2 }),
  }),
  golden: object('Rows with the answers that Python gave before export, replayed by the server before it is ready.', {
    rows: listOf('Test rows.', row, { maxItems: 64, minItems: 1 }),
    labels: listOf('Label index per row.', count('Index.'), { maxItems: 64 }),
    probabilities: listOf('Probabilities per row.', listOf('One per label.', number('Probability.'), { maxItems: 1000 }), { maxItems: 64 }),
    tolerance: number('Largest allowed difference of a probability.'),
  }),
  metrics: listOf('Measured on the test rows.', Metric, { maxItems: 16, key: 'name' }),
  trainingMetrics: optional(
    listOf('The same on training rows, without intervals: how much less the test rows show is overfitting.', Metric, {
      maxItems: 16,
      key: 'name',
    }),
  ),
  data: DataReport,
  chosenFrom: optional(
    count('So many candidates were ranked by their out-of-fold answers, and this is one of the best; absent where nothing was chosen.', {
      minimum: 2,
    }),
  ),
  packages: mapOf('Versions of what trained it.', text('Version.', { maxLength: 64 }), { maxProperties: 32 }),
})
export type Manifest = Infer<typeof Manifest>

export const serverReasons = [
  'Loading',
  'Draining',
  'BundleMissing',
  'BundleRefused',
  'DigestMismatch',
  'ManifestInvalid',
  'ModelRefused',
  'ParityFailed',
  'LoadFailed',
  'WorkersLost',
] as const

export const ServerHealth = object('What the server answers on GET /health: 200 when healthy, 503 when degraded, the same body for both.', {
  status: choice('healthy: predictions are answered; degraded: the process lives, and says why it answers none.', ['healthy', 'degraded']),
  model_name: optional(text('Name of the model.')),
  model_version: optional(text('Version of the model.', { maxLength: 64 })),
  digest: optional(digest('Digest of the bundle that is loaded.')),
  inferenceservice: optional(text('Name of the InferenceService that the server belongs to.')),
  reason: optional(choice('Why it is degraded.', serverReasons)),
  message: optional(text('Why it is degraded, for people; never a path or a stack.', { maxLength: 1024 })),
})
export type ServerHealth = Infer<typeof ServerHealth>
