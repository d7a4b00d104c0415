// Makes etcd hang for a while under changes, asks every server for predictions all the time, and tells how the operator bore it.
import { setTimeout as sleep } from 'node:timers/promises'
import { pods } from '../../../operator/controllers/resources.ts'
import type { Client } from '../../../operator/runtime/client.ts'
import type { ControlPlane } from '../../cluster/controlplane.ts'
import type { RequestRecord } from '../proxy/requestrecord.ts'
import { untilNothingMissed } from './acted.ts'
import { keepChanging, type Rate, rates } from './away.ts'

export interface EtcdOptions {
  plane: ControlPlane
  client: Client
  /** What the operator asks for. */
  requests: readonly RequestRecord[]
  seconds: number
  targets: readonly { namespace: string; name: string }[]
}

export interface EtcdAway {
  seconds: number
  predictions: number
  failedPredictions: string[]
  /** Of the kind that was asked for most often in any 5 s. */
  busiest: Rate
  /** From the first /readyz that said yes on. */
  convergedAfter: number
}

const WINDOW_SECONDS = 5
const CONVERGE_SECONDS = 60
const CHANGE_EVERY_MS = 500

export const hangEtcd = async ({ plane, client, requests, seconds, targets }: EtcdOptions): Promise<EtcdAway> => {
  const stopAsking = await keepPredicting(client)
  const stopChanging = keepChanging(client, targets, CHANGE_EVERY_MS)
  await sleep(1000)
  const mark = requests.length
  plane.signalPart('etcd', 'SIGSTOP')
  try {
    await sleep(seconds * 1000)
  } finally {
    plane.signalPart('etcd', 'SIGCONT')
  }
  const asked = requests.slice(mark)
  // Returns when /readyz says yes.
  await plane.startPart('kube-apiserver')
  const readyAt = performance.now()
  await stopChanging()
  await untilNothingMissed(client, CONVERGE_SECONDS)
  const convergedAfter = (performance.now() - readyAt) / 1000
  const busiest = rates(asked, WINDOW_SECONDS)[0] ?? { kind: 'nothing', perSecond: 0 }
  return { seconds, busiest, convergedAfter, ...(await stopAsking()) }
}

const ASK_EVERY_MS = 100

/** Of every server that runs now, one after the other. */
const keepPredicting = async (client: Client): Promise<() => Promise<Pick<EtcdAway, 'predictions' | 'failedPredictions'>>> => {
  const addresses = (await client.list(pods)).items.map(pod => (pod['status'] as { podIP: string }).podIP)
  if (addresses.length === 0) throw new Error('no server runs: nothing can be asked for a prediction')
  const failedPredictions: string[] = []
  let [going, predictions] = [true, 0]
  const loop = async () => {
    for (; going; await sleep(ASK_EVERY_MS)) {
      const failure = await askOnce(`http://${addresses[predictions % addresses.length]}:8000/predict`)
      predictions += 1
      if (failure) failedPredictions.push(failure)
    }
  }
  const running = loop()
  return async () => {
    going = false
    await running
    return { predictions, failedPredictions }
  }
}

/** What went wrong, if anything did. */
const askOnce = async (address: string): Promise<string | undefined> => {
  try {
    const answer = await fetch(address, { method: 'POST', body: '{}', signal: AbortSignal.timeout(2000) })
    await answer.text()
    return answer.ok ? undefined : `${address} answered ${answer.status}`
  } catch (error) {
    return `${address}: ${String(error)}`
  }
}
