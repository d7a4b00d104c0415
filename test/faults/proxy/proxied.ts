// What the proxy's own tests need: a control plane, a namespace and a proxy for each test, clients of the proxy that are closed at the end.
import { afterEach, beforeEach } from 'vitest'
import { type Client, createClient } from '../../../operator/runtime/client.ts'
import { systemClock } from '../../../operator/runtime/clock.ts'
import { Connection } from '../../../operator/runtime/connection.ts'
import type { KubeObject, ResourceRef } from '../../../operator/runtime/shape.ts'
import { type Fixture, fixture } from '../../integration/runtime/fixture.ts'
import { loadFrom } from '../../integration/runtime/operate.ts'
import { configMaps, make } from '../../integration/runtime/widgets.ts'
import { type FaultProxy, type FaultProxyOptions, startFaultProxy } from './faultproxy.ts'
import type { RequestRecord } from './requestrecord.ts'

export interface Proxied {
  readonly api: Fixture
  readonly proxy: FaultProxy
  /** The operator's client, sent through the proxy; short of patience when asked. */
  client(timeoutMs?: number, through?: FaultProxy): Client
  /** One more proxy, closed at the end of the test. */
  another(options?: Partial<FaultProxyOptions>): Promise<FaultProxy>
  /** An object in the test's namespace. */
  placed(name: string, rest?: object, kind?: ResourceRef): KubeObject
}

/** To be called once at the top of a test file. */
export const proxied = (): Proxied => {
  let proxies: FaultProxy[] = []
  let connections: Connection[] = []
  const another = async (options: Partial<FaultProxyOptions> = {}): Promise<FaultProxy> => {
    const proxy = await startFaultProxy({ plane: api.plane, ...options })
    proxies.push(proxy)
    return proxy
  }
  beforeEach(async () => void (await another()))
  afterEach(async () => {
    const ending = [...connections, ...proxies]
    connections = []
    proxies = []
    for (const one of ending) await one.close()
  })
  // Its hooks come second, so that operators stop before their proxy does.
  const api = fixture()
  const first = (): FaultProxy => {
    const [proxy] = proxies
    if (proxy === undefined) throw new Error('the proxy is there only during a test')
    return proxy
  }
  return {
    api,
    get proxy() {
      return first()
    },
    client(callTimeoutMs = 15_000, through = first()) {
      const connection = new Connection({ load: loadFrom(through.kubeconfig), clock: systemClock, callTimeoutMs, refreshMs: 0 })
      connections.push(connection)
      return createClient({ connection, clock: systemClock, fieldManager: 'test' })
    },
    another,
    placed: (name, rest = {}, kind = configMaps) => make(kind, name, { ...rest, metadata: { name, namespace: api.namespace } }),
  }
}

/** What became of a request. */
export const fate = ({ status, told }: RequestRecord) => ({ status, told })
