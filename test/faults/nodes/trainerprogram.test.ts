import { afterEach, describe, expect, it } from 'vitest'
import type { Job, Pod } from '../../../operator/plan/observed.ts'
import { trainerConfig } from '../../../operator/plan/trainingjob/configmap.ts'
import { reportOf } from '../../../operator/plan/trainingjob/summary.ts'
import { createProgressBook } from '../../../operator/pods/progress.ts'
import { trainingJob } from '../../simulated/trainingjob.ts'
import { addressesFor } from './addresses.ts'
import type { End, Program } from './program.ts'
import {
  badData,
  checksRefused,
  crashes,
  hangs,
  nonsense,
  outOfMemory,
  silent,
  stolenBundle,
  succeeds,
  type TrainerBehaviour,
} from './trainerbehaviours.ts'
import { startTrainer } from './trainerprogram.ts'

const addresses = addressesFor(`https://127.0.0.1:${23_000 + (process.pid % 2000)}`)
const running: Program[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map(trainer => trainer.close()))
})

const job: Job = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'iris-run-1', uid: 'uid-of-job', labels: { 'tidegate.io/model': 'iris' } },
  // That it writes to a claim tells it from one that only checks rows.
  spec: { template: { spec: { volumes: [{ name: 'artifacts', persistentVolumeClaim: { claimName: 'iris-artifacts' } }] } } } as Job['spec'],
}
const config = JSON.stringify(trainerConfig(trainingJob(), { number: 1 }))

const start = async (behaviour: TrainerBehaviour, written: string | undefined = config) => {
  const address = addresses.take()
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'iris-run-1-x', uid: 'uid-of-pod', labels: { 'batch.kubernetes.io/controller-uid': 'uid-of-job' } },
    status: { podIP: address, phase: 'Running' },
  }
  const trainer = await startTrainer({ pod, address, behaviour, config: written, runMs: 20, onReady: () => undefined })
  running.push(trainer)
  return { trainer, pod }
}

/** What the operator makes of the pod that ended so. */
const reported = ({ exitCode, reason, message }: End, pod: Pod) =>
  reportOf({ ...pod, status: { containerStatuses: [{ name: 'trainer', state: { terminated: { exitCode, reason, message } } }] } }, job)

const lastWords = async (behaviour: TrainerBehaviour, written?: string) => {
  const { trainer, pod } = await start(behaviour, written)
  const end = await trainer.ended
  return { end, report: reported(end, pod) }
}

describe('a trainer without training', () => {
  it('leaves a summary that the operator accepts, the same for the same run', async () => {
    const [one, two] = [await lastWords(succeeds()), await lastWords(succeeds())]
    expect(one.report).toMatchObject({
      success: { outcome: 'Succeeded', artifact: { path: 'iris/uid-of-job' }, algorithm: 'logisticRegression' },
    })
    expect(JSON.stringify(one.report).replaceAll(/"finishedAt":"[^"]*"/g, '')).toBe(
      JSON.stringify(two.report).replaceAll(/"finishedAt":"[^"]*"/g, ''),
    )
    const next = await lastWords(succeeds(), JSON.stringify(trainerConfig(trainingJob(), { number: 2 })))
    const digestOf = (words: typeof one) => (words.report as { success: { artifact: { digest: string } } }).success.artifact.digest
    expect(digestOf(next)).not.toBe(digestOf(one))
  })

  it.each([
    ['bad data', badData, 42, 'DataInvalid'],
    ['refused checks', checksRefused, 43, 'ChecksRefused'],
    ['a crash', crashes, 1, 'TrainingFailed'],
  ] as const)('%s: ends with the exit code and the reason that say so', async (_, behaviour, exitCode, reason) => {
    const { end, report } = await lastWords(behaviour)
    expect(end.exitCode).toBe(exitCode)
    expect(report).toMatchObject({ failure: { outcome: 'Failed', reason } })
  })

  it('refuses a configuration that it does not understand', async () => {
    const { end, report } = await lastWords(succeeds(), '{"contract":1}')
    expect(end.exitCode).toBe(42)
    expect(report).toMatchObject({ failure: { reason: 'ConfigInvalid' } })
  })

  it('leaves words that nobody may believe, or none', async () => {
    expect((await lastWords(nonsense)).report).toHaveProperty('unreadable')
    expect((await lastWords(stolenBundle)).report).toMatchObject({ unreadable: expect.stringContaining('artifact.path') })
    expect((await lastWords(silent)).report).toBeUndefined()
    expect((await lastWords(outOfMemory)).end).toEqual({ exitCode: 137, reason: 'OOMKilled' })
  })

  it('tells its progress, and what it was at when it is told to end', async () => {
    const { trainer, pod } = await start({ ...hangs, runMs: 60_000 })
    const { promise, resolve } = Promise.withResolvers<void>()
    const book = createProgressBook({ onNews: () => resolve() })
    book.of('job', pod)
    await promise
    expect(book.of('job', pod)).toMatchObject({ stage: 'Loading', percent: 0, etaSeconds: 60 })
    expect(await trainer.stop(0)).toMatchObject({ exitCode: 143, message: expect.stringContaining('stopped by SIGTERM in stage Loading') })
  })
})
