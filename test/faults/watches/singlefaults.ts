// Tries every case at once, each on the watch of its own namespace, and tells after how long a change made right after it was acted on.
import { inferenceServices } from '../../../operator/controllers/resources.ts'
import type { Client } from '../../../operator/runtime/client.ts'
import { until } from '../../e2e/until.ts'
import type { FaultProxy } from '../proxy/faultproxy.ts'
import type { RequestRecord } from '../proxy/requestrecord.ts'
import { changeTo, untilActedOn } from './acted.ts'
import { breaksRunning, type Case, cases, faultsOf } from './cases.ts'
import { furnish } from './footing.ts'

export interface Tried {
  name: string
  seconds: number
  within: number
  lists: number
  listsExpected: number
}

export const namespaceOf = ({ name }: Case): string => `after-${name}`

export const furnishCases = async (client: Client): Promise<void> => {
  await Promise.all(cases.map(one => furnish(client, namespaceOf(one), ['iris'])))
}

/** To be called before the operator starts; then every case can be tried once. */
export const prepareCases = (client: Client, proxy: FaultProxy): (() => Promise<Tried[]>) => {
  const { promise, resolve } = Promise.withResolvers<void>()
  for (const one of cases) for (const fault of faultsOf(one, namespaceOf(one), promise)) proxy.inject(fault)
  return async () => {
    const mark = proxy.requests.length
    resolve()
    const tried = await Promise.all(cases.map(one => tryCase(one, { client, proxy, mark })))
    proxy.clear()
    return tried
  }
}

interface Around {
  client: Client
  proxy: FaultProxy
  mark: number
}

const tryCase = async (one: Case, { client, proxy, mark }: Around): Promise<Tried> => {
  const namespace = namespaceOf(one)
  const since = (verb: 'list' | 'watch') => proxy.requests.slice(mark).filter(request => isOf(request, namespace, verb)).length
  const look = () => since(one.list ? 'list' : 'watch')
  if (!breaksRunning(one)) await until(look, count => count > 0, { within: 20, what: `${one.name} has struck`, pause: 20 })
  await changeTo(client, { namespace, cpu: 60 })
  const seconds = (await untilActedOn(client, { namespace, cpu: 60 })) / 1000
  return { name: one.name, seconds, within: one.within, lists: since('list'), listsExpected: one.lists }
}

const isOf = ({ verb, resource, namespace }: RequestRecord, wanted: string, how: 'list' | 'watch'): boolean =>
  verb === how && resource === inferenceServices.plural && namespace === wanted

export const told = (tried: readonly Tried[]): string =>
  tried
    .map(({ name, seconds, within, lists }) => `${name.padEnd(24)} ${seconds.toFixed(2).padStart(6)} s of ${within} s, lists: ${lists}`)
    .join('\n')

/** One line for each case that took too long, or listed more often than it had to. */
export const failures = (tried: readonly Tried[]): string[] =>
  tried.flatMap(({ name, seconds, within, lists, listsExpected }) => [
    ...(seconds > within ? [`${name}: acted on after ${seconds.toFixed(1)} s, and ${within} s are allowed`] : []),
    ...(lists > listsExpected ? [`${name}: ${lists} lists, and ${listsExpected} are allowed`] : []),
  ])
