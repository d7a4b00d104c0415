// Changes that go on, slowly, while parts of the control plane come and go; and what the operator asked for meanwhile.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '../../../operator/runtime/client.ts'
import type { FaultProxy } from '../proxy/faultproxy.ts'
import type { RequestRecord } from '../proxy/requestrecord.ts'
import { changeTo, untilActedOn } from './acted.ts'

/** Changes one service after the other, every so many milliseconds, until told to stop; what is refused is not tried again. */
export const keepChanging = (client: Client, targets: readonly { namespace: string; name: string }[], everyMs: number) => {
  let going = true
  let made = 0
  const loop = async () => {
    for (let turn = 0; going; turn++) {
      const target = targets[turn % targets.length]
      const began = performance.now()
      const done = target && (await changeTo(client, { ...target, cpu: 1 + (turn % 900) }).catch(() => undefined))
      if (done) made += 1
      await sleep(Math.max(0, everyMs - (performance.now() - began)))
    }
  }
  const running = loop()
  return async (): Promise<number> => {
    going = false
    await running
    return made
  }
}

/** Milliseconds from a change to what the operator made of it, after every socket was reset at once. */
export const disconnectAll = async (client: Client, proxy: FaultProxy, target: { namespace: string; name: string }): Promise<number> => {
  await proxy.disconnect()
  const wish = { ...target, cpu: 999 }
  await changeTo(client, wish)
  return await untilActedOn(client, wish)
}

export interface Rate {
  kind: string
  perSecond: number
}

/** How often each kind was asked for, by lists and watches together: the most in any so many seconds. */
export const rates = (requests: readonly RequestRecord[], seconds: number): Rate[] => {
  const times = Object.groupBy(requests.filter(isFollowing), kindOf)
  return Object.entries(times)
    .map(([kind, asked = []]) => ({
      kind,
      perSecond:
        mostWithin(
          asked.map(({ beganAt }) => beganAt),
          seconds * 1000,
        ) / seconds,
    }))
    .toSorted((a, b) => b.perSecond - a.perSecond)
}

/** Further pages of a list belong to its first one. */
const isFollowing = ({ verb, path }: RequestRecord): boolean => verb === 'watch' || (verb === 'list' && !path.includes('continue='))

const kindOf = ({ namespace, group, resource }: RequestRecord): string => [namespace, resource, group].filter(Boolean).join(' ')

const mostWithin = (times: readonly number[], milliseconds: number): number =>
  Math.max(0, ...times.map(from => times.filter(time => time >= from && time < from + milliseconds).length))
