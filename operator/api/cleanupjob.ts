// What the operator asks the Job that removes bundles, and what it answers.
import { bigCount, choice, count, type Infer, listOf, object, optional, text } from './schema.ts'

/** So many bundles a Job: what it says of all of them fits into its termination message. */
export const CLEANUP_LIMIT = 16
export const CLEANUP_MESSAGE_LIMIT = 120

export const CleanupConfig = object('Which bundles are to be removed; the argument of the Job.', {
  contract: count('Version of this contract.', { minimum: 1, maximum: 1 }),
  root: text('Where the claim is mounted.', { minLength: 2, maxLength: 64 }),
  bundles: listOf(
    'The bundles.',
    object('One bundle.', {
      version: count('Number of its version.', { minimum: 1 }),
      path: text('Its folder, relative to the root.', { minLength: 1, maxLength: 512, pattern: '^[A-Za-z0-9][-A-Za-z0-9._/]*$' }),
      digest: text('The digest that it must have.', { pattern: '^sha256:[0-9a-f]{64}$', maxLength: 71 }),
    }),
    { maxItems: CLEANUP_LIMIT, minItems: 1, key: 'version' },
  ),
})
export type CleanupConfig = Infer<typeof CleanupConfig>

export const CleanupReport = object('The termination message of the Job: at most 4,000 bytes of JSON.', {
  contract: count('Version of this contract.', { minimum: 1, maximum: 1 }),
  bundles: listOf(
    'One for each bundle that was asked for.',
    object('What became of one bundle.', {
      version: count('Number of its version.', { minimum: 1 }),
      outcome: choice('Gone: there was nothing to remove. Refused: it was left as it was.', ['Removed', 'Gone', 'Refused']),
      bytes: bigCount('Bytes that were freed.', { minimum: 0 }),
      message: optional(text('Why it was refused.', { maxLength: CLEANUP_MESSAGE_LIMIT })),
    }),
    { maxItems: CLEANUP_LIMIT, key: 'version' },
  ),
})
export type CleanupReport = Infer<typeof CleanupReport>
