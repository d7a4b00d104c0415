// A version that a Job imports: its bundle is written down once, and only then it is judged, enters and is served.
import { modelVersions } from '../../../../operator/controllers/resources.ts'
import { version } from '../../../e2e/handmade.ts'
import { NAME, type Scenario } from '../scenario.ts'
import type { Stage } from '../stage.ts'
import { answers, bundle, holds, served, user } from './objects.ts'

const fetched = async (stage: Stage, number: number): Promise<void> => {
  const made = version(NAME, number, bundle(number))
  const { evaluation: _, ...spec } = made.spec
  await stage.create(modelVersions, { ...made, spec: { ...spec, import: { from: { claim: { name: 'bundles', path: 'elsewhere' } } } } })
}

export const importing: readonly Scenario[] = [
  { name: 'import', given: user.opensModel, act: stage => fetched(stage, 1), done: holds(1) },
  { name: 'import-served', given: served, act: stage => fetched(stage, 2), done: answers(2) },
]
