// What the operator asks the Job that imports a bundle, and what it answers.
import { Metric } from './bundle.ts'
import { ImportSource, labelNames } from './import.ts'
import { bigCount, count, type Infer, listOf, object, optional, text } from './schema.ts'

const digest = (description: string) => text(description, { pattern: '^sha256:[0-9a-f]{64}$', maxLength: 71 })

export const ImportConfig = object('What is to be imported; the argument of the Job.', {
  contract: count('Version of this contract.', { minimum: 1, maximum: 1 }),
  model: text('Name of the model.', { minLength: 1, maxLength: 63 }),
  root: text('Where the claim of the bundle is mounted.', { minLength: 2, maxLength: 64 }),
  path: text('Folder of the bundle, relative to the root.', { minLength: 1, maxLength: 512, pattern: '^[A-Za-z0-9][-A-Za-z0-9._/]*$' }),
  digest: digest('What the source must hold: digest of a bundle, or sha256 of an ONNX file.'),
  from: ImportSource,
  tracking: optional(
    text('The tracking server of the operator, for a run without an address.', { maxLength: 1024, pattern: '^https?://' }),
  ),
  source: optional(text('Where the claim of the source is mounted.', { minLength: 2, maxLength: 64 })),
  labels: labelNames,
  rows: optional(
    object('The CSV.', {
      file: text('Inside the container.', { minLength: 2, maxLength: 512 }),
      target: optional(text('Column with the true class.', { minLength: 1, maxLength: 128 })),
    }),
  ),
})
export type ImportConfig = Infer<typeof ImportConfig>

export const ImportReport = object('The termination message of the Job: at most 4,000 bytes of JSON.', {
  contract: count('Version of this contract.', { minimum: 1, maximum: 1 }),
  asked: digest('What was asked for.'),
  digest: digest('Digest of the bundle that is on the claim now.'),
  evaluation: optional(
    object('What was measured, or what the bundle says was.', {
      rows: bigCount('Number of test rows.', { minimum: 1 }),
      metrics: listOf('The metrics.', Metric, { maxItems: 16, minItems: 1, key: 'name' }),
    }),
  ),
})
export type ImportReport = Infer<typeof ImportReport>
