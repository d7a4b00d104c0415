// An HTTPS reverse proxy before an API server: it counts and records what a client asks for, and breaks what it is told to.
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { ControlPlane } from '../../cluster/controlplane.ts'
import type { User } from '../../cluster/kubeconfig.ts'
import { Connections } from './connections.ts'
import type { Fault } from './fault.ts'
import { createFaultBook } from './faultbook.ts'
import { Gate } from './gate.ts'
import { Lists } from './lists.ts'
import { randomFrom } from './random.ts'
import type { RequestRecord } from './requestrecord.ts'
import { type Surroundings, serve } from './serve.ts'
import { collected, Upstream } from './upstream.ts'

export interface FaultProxyOptions {
  plane: ControlPlane
  /** Who all that is forwarded comes from, in the audit log. */
  user?: User
  seed?: number
  /** Answers 401 to whoever does not bear this token, asked anew each time. */
  expectToken?: () => string
  /** Where the kubeconfig says that the token is. */
  tokenFile?: string
}

/** A proxy on the loopback; it ends with `close`. */
export interface FaultProxy {
  /** https://127.0.0.1:PORT, with a certificate of the control plane's own authority. */
  server: string
  /** Path of a kubeconfig whose server is this proxy. */
  kubeconfig: string
  /** Every request so far, in the order it came. */
  requests: RequestRecord[]
  /** The answer takes the fault back. */
  inject(fault: Fault): () => void
  /** Takes back all faults; what they have begun goes on. */
  clear(): void
  /** Sockets of clients that are open now. */
  connections(): number
  /** Sockets that clients opened so far. */
  opened(): number
  /** Resets every open socket of a client. */
  disconnect(): Promise<void>
  /** Forwards to another server from now on. Running watches stay where they are: `disconnect` ends them. */
  retarget(server: string): void
  /** Reads all that was listed so far again: `replay` answers with this from now on. */
  recordLists(): Promise<void>
  /** Ends every connection. Throws what functions of faults threw. */
  close(): Promise<void>
}

/** The operator, as a cluster knows it, and allowed everything. */
const operator: User = { user: 'system:serviceaccount:tidegate-system:tidegate', groups: ['system:masters'] }

export const startFaultProxy = async (options: FaultProxyOptions): Promise<FaultProxy> => {
  const { plane, user = operator, seed = 1, expectToken, tokenFile } = options
  const file = `faultproxy-${randomUUID()}`
  const own = await plane.issue({ file, user: 'faultproxy', names: ['DNS:localhost', 'IP:127.0.0.1'] })
  const upstream = new Upstream({ server: plane.server, caFile: plane.caFile, ...(await plane.issue({ file: `${file}-user`, ...user })) })
  // Connections stay for as long as their clients want: no timeout of the proxy's own may look like a fault.
  const patient = { keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 }
  const listener = createServer({ cert: readFileSync(own.cert), key: readFileSync(own.key), ...patient })
  const problems: unknown[] = []
  const around: Surroundings = {
    connections: new Connections(listener),
    upstream,
    book: createFaultBook(),
    requests: [],
    gate: new Gate(),
    lists: new Lists(),
    random: randomFrom(seed),
    ...(expectToken && { expectToken }),
    onProblem: problem => problems.push(problem),
  }
  listener.on('request', (request, response) => {
    serve(request, response, around).catch((problem: unknown) => {
      problems.push(problem)
      response.destroy()
    })
  })
  const server = await listening(listener)
  return {
    server,
    kubeconfig: plane.kubeconfigOfFront({ server, file, tokenFile }),
    ...controls(around),
    close: () => close(listener, around, problems),
  }
}

const listening = async (listener: Server): Promise<string> => {
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  return `https://127.0.0.1:${(listener.address() as AddressInfo).port}`
}

const controls = ({ requests, book, connections, upstream, lists }: Surroundings) => ({
  requests,
  inject: (fault: Fault) => book.add(fault),
  clear: () => book.clear(),
  connections: () => connections.count,
  opened: () => connections.opened,
  disconnect: () => connections.resetAll(),
  retarget(server: string) {
    upstream.server = server
  },
  recordLists: () =>
    lists.renew(async path => await collected(await upstream.send({ method: 'GET', path, headers: { accept: 'application/json' } }))),
})

const close = async (listener: Server, { connections, upstream }: Surroundings, problems: unknown[]): Promise<void> => {
  if (!listener.listening) return
  const closed = once(listener, 'close')
  listener.close()
  upstream.close()
  await connections.resetAll()
  await closed
  if (problems.length > 0) throw new AggregateError(problems, `${problems.length} faults failed, the first: ${String(problems[0])}`)
}
