// Decision: one word of one person about a model; created once, never changed, and answered by the operator.

import { shortName, stageName } from './fields.ts'
import { approvalGroup, outcomes } from './model.ts'
import { defineResource, type Resource, type SpecOf } from './resource.ts'
import { choice, count, immutable, listOf, object, optional, rule, text, timestamp } from './schema.ts'

export const actions = ['Approve', 'Reject', 'Promote', 'Bypass', 'Archive', 'Restore', 'Rollback', 'Release'] as const
export type Action = (typeof actions)[number]

/** The verb on `models/<stage>` that a person needs for each action. */
export const verbs: Record<Action, 'approve' | 'promote' | 'bypass'> = {
  Approve: 'approve',
  Reject: 'approve',
  Promote: 'promote',
  Archive: 'promote',
  Restore: 'promote',
  Rollback: 'promote',
  Release: 'promote',
  Bypass: 'bypass',
}

export const Decision = defineResource({
  kind: 'Decision',
  plural: 'decisions',
  shortNames: ['dec'],
  description: 'Decision is the word of one person about a model: approve, reject, promote, bypass, archive, restore, roll back, release.',
  columns: [
    { name: 'Action', path: '.spec.action', description: 'What was decided.' },
    { name: 'Model', path: '.spec.model', description: 'The model.' },
    { name: 'Version', path: '.spec.version', type: 'integer', description: 'The version.' },
    { name: 'Stage', path: '.spec.stage', description: 'The stage.' },
    { name: 'By', path: '.spec.by', description: 'Who.' },
    { name: 'Outcome', path: '.status.outcome', description: 'What became of it; empty while it waits.' },
    { name: 'Message', path: '.status.message', description: 'Why.' },
  ],
  selectableFields: ['.spec.model'],
  spec: immutable(
    object(
      'The decision.',
      {
        action: choice(
          'Approve: the version may enter the stage. Reject: it may not, and goes back to None. Promote: it enters the stage, if its gates and approvals let it. Bypass: it enters without them. Archive: it leaves its stage. Restore: an archived version enters the stage again. Rollback: the version that held the stage before holds it again. Release: automation may change the stage again.',
          actions,
        ),
        model: shortName('The model.'),
        stage: stageName('The stage that it is about.'),
        version: optional(count('The version. Rollback takes the one before when it is left out; Release takes none.', { minimum: 1 })),
        digest: optional(
          text('Digest of the bundle that was looked at; another one makes the decision void.', {
            pattern: '^sha256:[0-9a-f]{64}$',
            maxLength: 71,
          }),
        ),
        gateRun: optional(
          text('The judgement that was looked at, from status.gateRun of the version; another one makes the decision void.', {
            maxLength: 64,
          }),
        ),
        reason: optional(text('Why.', { minLength: 1, maxLength: 256 })),
        by: text('Name of the person who decides; it must be the name under which the request is made.', { minLength: 1, maxLength: 253 }),
        groups: optional(
          listOf('Groups of the person that count for this decision; each must be one under which the request is made.', approvalGroup, {
            maxItems: 16,
            set: true,
          }),
        ),
      },
      rule(
        "self.action in ['Rollback', 'Release'] || has(self.version)",
        'version is required: name the version that the decision is about',
      ),
      rule("self.action != 'Release' || !has(self.version)", 'Release is about a stage: remove version'),
      rule(
        "self.action != 'Approve' || (has(self.digest) && has(self.gateRun))",
        'Approve needs digest and gateRun: copy them from spec.digest and status.gateRun of the version that you looked at',
      ),
      rule("self.action != 'Bypass' || has(self.digest)", 'Bypass needs digest: copy it from spec.digest of the version'),
      rule("!(self.action in ['Reject', 'Bypass']) || has(self.reason)", 'reason is required to reject or to bypass: say why'),
    ),
    'a Decision is immutable: create another one',
  ),
  status: object('What became of it.', {
    outcome: optional(
      choice(
        'Applied: it was carried out, or counted for a move. Void: what it was about has changed or it expired. Refused: it is not possible.',
        outcomes,
      ),
    ),
    message: optional(text('Why, or what it still waits for.', { maxLength: 512 })),
    at: optional(timestamp('When it was answered.')),
  }),
})
export type Decision = Resource<typeof Decision>
export type DecisionSpec = SpecOf<typeof Decision>
export type DecisionStatus = NonNullable<Decision['status']>
