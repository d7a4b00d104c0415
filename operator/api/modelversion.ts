// ModelVersion: one bundle under a number; written once, immutable, judged by the gates of its Model.
import { Metric, MOST_KEPT } from './bundle.ts'
import { conditions } from './conditions.ts'
import { objectName, runId, shortName } from './fields.ts'
import { finding, GateFinding, TestRows } from './gate.ts'
import { Import } from './import.ts'
import { defineResource, type Resource, type SpecOf } from './resource.ts'
import { bigCount, count, flag, type Infer, immutable, listOf, object, optional, rule, text, timestamp } from './schema.ts'

const result = object('What one gate of one stage said.', {
  stage: text('The stage that the gate guards.', { maxLength: 40 }),
  name: finding.name,
  verdict: finding.verdict,
  dryRun: optional(flag('Whether it is only told, and keeps no version out.')),
  message: finding.message,
})
export type GateResult = Infer<typeof result>

const measurement = object('What a Job found out for the gates of one stage.', {
  stage: text('The stage.', { maxLength: 40 }),
  gateRun: text('The judgement that it is for; for another one it says nothing.', { maxLength: 64 }),
  at: timestamp('When.'),
  failures: optional(count('How often the Job failed without an answer; it is tried again, later each time.', { minimum: 1 })),
  holder: optional(count('The version that held the stage.', { minimum: 1 })),
  testRows: optional(TestRows),
  findings: listOf('One for each gate that needs a Job.', GateFinding, { maxItems: 16 }),
})
export type Measurement = Infer<typeof measurement>

const Evaluation = object('What was measured on rows that were never trained on.', {
  rows: bigCount('Number of test rows.', { minimum: 1 }),
  metrics: listOf('The metrics.', Metric, { maxItems: 16, minItems: 1, key: 'name' }),
})
export type Evaluation = Infer<typeof Evaluation>

/** More names than these tell nobody more. */
export const SERVED_BY_LIMIT = 100

export const ModelVersion = defineResource({
  kind: 'ModelVersion',
  plural: 'modelversions',
  shortNames: ['mv'],
  description: 'ModelVersion is one immutable model bundle under a number, with its metrics, its gates and its stage.',
  rules: [
    rule(
      // Numbers are compared, not texts: the length of string(version) is unknown to the cost estimate.
      "self.metadata.name.startsWith(self.spec.model + '-v') && self.metadata.name.substring(self.spec.model.size() + 2).matches('^[1-9][0-9]{0,6}$') && int(self.metadata.name.substring(self.spec.model.size() + 2)) == self.spec.version",
      'metadata.name must be <spec.model>-v<spec.version>, such as churn-v4',
    ),
  ],
  // Metrics stand in the spec, or in what the import found: wherever there is an evaluation.
  columns: [
    { name: 'Model', path: '.spec.model', description: 'The model.' },
    { name: 'Version', path: '.spec.version', type: 'integer', description: 'The number.' },
    { name: 'Stage', path: '.status.stage', description: 'Where it stands.' },
    { name: 'Accuracy', path: '..evaluation.metrics[?(@.name=="accuracy")].value', type: 'number', description: 'On the test rows.' },
    { name: 'F1', path: '..evaluation.metrics[?(@.name=="f1")].value', type: 'number', description: 'On the test rows.' },
    { name: 'Message', path: '.status.conditions[?(@.type=="Ready")].message', description: 'Why it is where it is.' },
  ],
  selectableFields: ['.spec.model'],
  spec: immutable(
    object(
      'The bundle.',
      {
        model: shortName('The model.'),
        version: count('The number; taken once and never used again.', { minimum: 1, maximum: 1_000_000 }),
        artifact: object(
          'Where the bundle is.',
          {
            claim: objectName('A PersistentVolumeClaim of this namespace.'),
            path: text('Folder on the claim, relative.', { minLength: 1, maxLength: 512, pattern: '^[A-Za-z0-9][-A-Za-z0-9._/]*$' }),
          },
          rule(
            "!self.path.split('/').exists(part, part == '..' || part == '.' || part == '')",
            'path is relative to the claim and must not contain "..", "." or empty parts',
          ),
        ),
        digest: text(
          'sha256 of the canonical listing of the bundle; of an import, of what the source must hold: a bundle, or one ONNX file.',
          {
            pattern: '^sha256:[0-9a-f]{64}$',
            maxLength: 71,
          },
        ),
        evaluation: optional(Evaluation),
        import: optional(Import),
        source: optional(
          object('Where it comes from.', {
            trainingJob: objectName('The TrainingJob.'),
            uid: text('Uid of the TrainingJob.', { maxLength: 64 }),
            run: count('Number of the run.', { minimum: 1 }),
            rank: optional(
              count('Of several versions of one run: 1 is the best, and only it climbs by itself.', { minimum: 1, maximum: MOST_KEPT }),
            ),
            dataDigest: optional(text('Digest of the rows.', { maxLength: 71 })),
            algorithm: optional(text('The algorithm.', { maxLength: 40 })),
            mlflowRunId: optional(runId('The run in the tracking server that logged it.')),
          }),
        ),
      },
      // CEL reserves the word, and Kubernetes writes such a field so.
      rule(
        'has(self.evaluation) || has(self.__import__)',
        'evaluation is required: without it no gate can judge the version; only an import may leave it out and measure it, or bring it along',
      ),
    ),
    'a ModelVersion is immutable: train or register a new version instead',
  ),
  status: object('What became of it.', {
    observedGeneration: optional(bigCount('Generation that was looked at.', { minimum: 0 })),
    stage: optional(text('None, the name of a stage, or Archived; a copy of what Model.status says.', { maxLength: 40 })),
    servedBy: optional(
      listOf('InferenceServices that serve it now; while there is one, the version cannot be deleted.', objectName('Its name.'), {
        maxItems: SERVED_BY_LIMIT,
        set: true,
      }),
    ),
    gateRun: optional(
      text('Names the judgement of the gates of the next stage: it changes with the bundle, the gates and what they compare with.', {
        maxLength: 64,
      }),
    ),
    gates: optional(listOf('Verdicts of every gate of the ladder, in its order.', result, { maxItems: 128 })),
    bundle: optional(
      object('What the import put on the claim; written once. Without an import the spec says it.', {
        digest: text('Digest of the bundle.', { pattern: '^sha256:[0-9a-f]{64}$', maxLength: 71 }),
        evaluation: optional(Evaluation),
        at: timestamp('When.'),
      }),
    ),
    import: optional(
      object('The tries of the import that failed.', {
        failures: count('How many.', { minimum: 1 }),
        at: timestamp('When the last one did.'),
        message: text('Why, and what to do.', { maxLength: 512 }),
        final: optional(flag('Whether no other try can end otherwise.')),
      }),
    ),
    measured: optional(listOf('What the Jobs of gate runs found out, by stage.', measurement, { maxItems: 8, key: 'stage' })),
    conditions: optional(conditions),
  }),
})
export type ModelVersion = Resource<typeof ModelVersion>
export type ModelVersionSpec = SpecOf<typeof ModelVersion>
export type ModelVersionStatus = NonNullable<ModelVersion['status']>
