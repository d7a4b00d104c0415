// The registry and a tracking server that is away for long.
import { lastLines } from '../cluster/command.ts'
import type { Campaign } from '../run/campaign.ts'
import { runVitest } from '../run/vitest.ts'

const AWAY_SECONDS = 600

export const campaign: Campaign = {
  shows: 'That nothing waits for an MLflow that is away for ten minutes, and that it tells the same story afterwards.',
  rounds: 1,
  round: async () => {
    const env = { MLFLOW_AWAY_SECONDS: String(AWAY_SECONDS) }
    const { passed, failed, figures, output } = await runVitest({ project: 'tracking', paths: ['test/tracking/mirror.test.ts'], env })
    if (failed > 0) console.log(lastLines(output))
    return { awaySeconds: AWAY_SECONDS, passed, failed, said: figures }
  },
}
