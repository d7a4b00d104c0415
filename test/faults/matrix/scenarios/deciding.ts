// What people decide about versions: each word is one object, and must be carried out once.
import type { DecisionSpec } from '../../../../operator/api/decision.ts'
import { claims, decisions, models, modelVersions } from '../../../../operator/controllers/resources.ts'
import { claim, version } from '../../../e2e/handmade.ts'
import { NAME, reached, type Scenario, statusOf } from '../scenario.ts'
import type { Stage } from '../stage.ts'
import { answers, bundle, holds, served, user } from './objects.ts'

const STAGES = [{ name: 'Staging' }, { name: 'Production', approvals: { required: 1 } }]

const word = (stage: Stage, spec: Partial<DecisionSpec>) =>
  stage.create(decisions, {
    apiVersion: 'tidegate.io/v1alpha1',
    kind: 'Decision',
    metadata: { name: 'word' },
    spec: { model: NAME, stage: 'Production', by: 'ann', ...spec },
  })

const isApplied = async (stage: Stage): Promise<boolean> => (await statusOf(stage, decisions, 'word'))['outcome'] === 'Applied'

const standsIn = async (stage: Stage, place: string): Promise<boolean> =>
  (await statusOf(stage, modelVersions, `${NAME}-v1`))['stage'] === place

/** Version 1 stands in Staging, and Production asks for approval. */
const reviewed = async (stage: Stage): Promise<void> => {
  await stage.create(claims, claim('bundles'))
  await stage.create(models, { apiVersion: 'tidegate.io/v1alpha1', kind: 'Model', metadata: { name: NAME }, spec: { stages: STAGES } })
  await stage.create(modelVersions, version(NAME, 1, bundle(1)))
  await reached(() => standsIn(stage, 'Staging'), 60, 'version 1 stands in Staging')
}

/** Version 2 is served, and version 1 held Production before it. */
const succeeded = async (stage: Stage): Promise<void> => {
  await served(stage)
  await user.imports(stage, 2)
  await reached(() => answers(2)(stage), 60, 'version 2 is served')
}

export const deciding: readonly Scenario[] = [
  {
    name: 'approve',
    given: reviewed,
    act: async stage => {
      const { gateRun } = (await statusOf(stage, modelVersions, `${NAME}-v1`)) as { gateRun: string }
      await word(stage, { action: 'Approve', version: 1, digest: bundle(1).digest, gateRun })
    },
    done: async stage => (await holds(1)(stage)) && (await standsIn(stage, 'Production')) && (await isApplied(stage)),
  },
  {
    name: 'turn-down',
    given: reviewed,
    act: stage => word(stage, { action: 'Reject', version: 1, reason: 'unfair' }).then(() => undefined),
    done: async stage => (await standsIn(stage, 'None')) && (await isApplied(stage)),
  },
  {
    name: 'roll-back',
    given: succeeded,
    act: stage => word(stage, { action: 'Rollback', reason: 'complaints' }).then(() => undefined),
    done: async stage => (await answers(1)(stage)) && (await isApplied(stage)),
  },
]
