// What a Model says of the newest version of the cluster in memory, as the controller of Models would write it down.
import type { GateResult, ModelVersionStatus } from '../../operator/api/modelversion.ts'
import { type Cluster, time } from './cluster.ts'

const STAGE = 'Staging'

const words: Record<GateResult['verdict'], string> = {
  Pass: 'accuracy 0.97 vs 0.91 of v1 on 30 rows: Better',
  Fail: 'accuracy 0.78 vs 0.91 of v1 on 30 rows: Worse',
  Inconclusive: 'accuracy 0.92 vs 0.91 of v1 on 30 rows: Inconclusive',
  Error: 'the Job of the gate run failed',
}

/** Of the best version of the last run that was registered. */
export const gatesSay = (c: Cluster, verdict: GateResult['verdict']): void => {
  const name = c.object.status?.runs?.find(run => run.version !== undefined)?.version
  const isIn = verdict === 'Pass'
  const message = isIn ? `holds ${STAGE}` : `not in ${STAGE}: ${words[verdict]}`
  const about = { observedGeneration: 1, lastTransitionTime: time(c), message }
  const status: ModelVersionStatus = {
    stage: isIn ? STAGE : 'None',
    gates: [{ stage: STAGE, name: 'accuracy versus holder, margin 0', verdict, message: words[verdict] }],
    conditions: [
      { type: 'Ready', status: 'True', reason: isIn ? 'TopOfLadder' : 'GatesFailed', ...about },
      { type: 'GatesPassed', status: isIn ? 'True' : 'False', reason: isIn ? 'TopOfLadder' : 'GatesFailed', ...about },
    ],
  }
  c.versions = c.versions.map(version => (version.metadata.name === name ? { ...version, status } : version))
}
