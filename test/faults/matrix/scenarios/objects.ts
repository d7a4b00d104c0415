// The objects of all scenarios, as a person writes them: one model called iris, trained or imported, and one service.
import { claims, inferenceServices, models, modelVersions, trainingJobs } from '../../../../operator/controllers/resources.ts'
import { example } from '../../../e2e/example.ts'
import { claim, openModel, version } from '../../../e2e/handmade.ts'
import { NAME, reached, readyIn, statusOf } from '../scenario.ts'
import type { Stage } from '../stage.ts'

const PATIENCE_SECONDS = 60

/** A digest for each number, the same in every run. */
export const bundle = (number: number) => ({
  artifact: { claim: 'bundles', path: `v${number}` },
  digest: `sha256:${String(number).repeat(64)}`,
})

export const user = {
  trains: async (stage: Stage): Promise<void> => {
    await stage.create(models, example().model)
    await stage.create(trainingJobs, example().trainingJob)
  },
  /** Imports a version; the Model without gates lets every one in. */
  imports: async (stage: Stage, number: number): Promise<void> => {
    await stage.create(modelVersions, version(NAME, number, bundle(number)))
  },
  serves: async (stage: Stage): Promise<void> => {
    await stage.create(inferenceServices, example().service)
  },
  opensModel: async (stage: Stage): Promise<void> => {
    await stage.create(claims, claim('bundles'))
    await stage.create(models, openModel(NAME))
  },
}

export const isTrained = (stage: Stage): Promise<boolean> => readyIn(stage, trainingJobs)

export const holds =
  (number: number) =>
  async (stage: Stage): Promise<boolean> =>
    ((await statusOf(stage, models, NAME))['holders'] as Record<string, number> | undefined)?.['Production'] === number

/** The service is ready with this version, and nothing else is on its way. */
export const answers =
  (number: number) =>
  async (stage: Stage): Promise<boolean> => {
    const ready = await readyIn(stage, inferenceServices)
    const { entry, traffic = [] } = (await statusOf(stage, inferenceServices, NAME)) as { entry?: number; traffic?: unknown[] }
    return ready && entry === number && traffic.length === 1
  }

/** Version 1 is imported and served. */
export const served = async (stage: Stage): Promise<void> => {
  await user.opensModel(stage)
  await user.imports(stage, 1)
  await user.serves(stage)
  await reached(() => answers(1)(stage), PATIENCE_SECONDS, 'version 1 is served')
}

/** A run has ended well and its version holds Production. */
export const trained = async (stage: Stage): Promise<void> => {
  await user.trains(stage)
  await reached(
    async () => (await isTrained(stage)) && (await holds(1)(stage)),
    PATIENCE_SECONDS,
    'version 1 is trained and holds Production',
  )
}

export const isGone = async (stage: Stage, kind: Parameters<Stage['get']>[0], name = NAME): Promise<boolean> =>
  (await stage.get(kind, name)) === undefined
