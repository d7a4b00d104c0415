// What the operator asks the Job of a gate run, and what it answers.
import { Gate, GateFinding, TestRows } from './gate.ts'
import { count, type Infer, listOf, object, optional, text } from './schema.ts'

const digest = (description: string) => text(description, { pattern: '^sha256:[0-9a-f]{64}$', maxLength: 71 })

const bundle = (description: string) =>
  object(description, {
    version: count('Number of the version.', { minimum: 1 }),
    digest: digest('Digest that the bundle must have.'),
    folder: text('Folder of the bundle inside the container.', { maxLength: 1024 }),
  })

export const GateConfig = object('What is to be judged; the argument of the Job.', {
  contract: count('Version of this contract.', { minimum: 1, maximum: 1 }),
  model: text('Name of the model.'),
  stage: text('The stage that is to be entered.', { maxLength: 40 }),
  gateRun: text('Names this judgement.', { maxLength: 64 }),
  challenger: bundle('The version that wants to enter.'),
  holder: optional(bundle('The version that holds the stage, if there is one.')),
  gates: listOf('The gates that need a Job.', Gate, { maxItems: 16, minItems: 1 }),
})
export type GateConfig = Infer<typeof GateConfig>

export const GateReport = object('The termination message of the Job: at most 4,000 bytes of JSON.', {
  contract: count('Version of this contract.', { minimum: 1, maximum: 1 }),
  gateRun: text('The judgement that was asked for.', { maxLength: 64 }),
  testRows: optional(TestRows),
  findings: listOf('One for each gate that was asked for.', GateFinding, { maxItems: 16, minItems: 1 }),
})
export type GateReport = Infer<typeof GateReport>
