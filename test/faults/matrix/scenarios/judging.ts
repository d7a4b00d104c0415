// Gates that a Job judges: what it found out must be stored, and must move a version once.
import { claims, models, modelVersions } from '../../../../operator/controllers/resources.ts'
import { claim, version } from '../../../e2e/handmade.ts'
import { NAME, reached, type Scenario, says } from '../scenario.ts'
import type { Stage } from '../stage.ts'
import { bundle, holds, user } from './objects.ts'

const gates = [{ metric: 'accuracy', versus: 'holder', margin: 0.01 }, { check: 'parity' }]

/** Version 1 holds Production; the next one has to be compared with it. */
const held = async (stage: Stage): Promise<void> => {
  const spec = { stages: [{ name: 'Production', gates }] }
  await stage.create(claims, claim('bundles'))
  await stage.create(models, { apiVersion: 'tidegate.io/v1alpha1', kind: 'Model', metadata: { name: NAME }, spec })
  await stage.create(modelVersions, version(NAME, 1, bundle(1)))
  await reached(() => holds(1)(stage), 60, 'version 1 holds Production')
}

export const judging: readonly Scenario[] = [
  { name: 'compare', given: held, act: stage => user.imports(stage, 2), done: holds(2) },
  {
    name: 'compare-worse',
    given: async stage => {
      await held(stage)
      stage.ground.node.act({ on: { namespace: stage.namespace }, gates: 'Fail' })
    },
    act: stage => user.imports(stage, 2),
    done: async stage => says(await stage.get(modelVersions, `${NAME}-v2`), { reason: 'GatesFailed' }),
  },
]
