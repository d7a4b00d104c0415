// Decides what a process holds on to: its heap after a forced collection, and its open connections.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { openInspector } from '../operator/inspector.ts'
import type { OperatorProcess } from '../operator/operatorprocess.ts'

export interface Footprint {
  heapBytes: number
  /** Established TCP connections, without the one that asks for the heap. */
  connections: number
  /** Whatever else is open: files, pipes, listening sockets. */
  files: number
}

type Asked = Pick<OperatorProcess, 'pid' | 'noise' | 'signal'>

const CALL_MS = 60_000
/** A garbage collection frees what finalizers let go of only at the next one. */
const COLLECTIONS = 3

export const footprint = async (process: Asked): Promise<Footprint> => {
  const inspector = await openInspector(process)
  const heapBytes = await heapAfterCollection(inspector).finally(() => inspector.close())
  return { heapBytes, ...openIn(process.pid, Number(new URL(inspector.url).port)) }
}

const heapAfterCollection = async (inspector: WebSocket): Promise<number> => {
  for (let round = 0; round < COLLECTIONS; round += 1) await call(inspector, 'HeapProfiler.collectGarbage')
  return ((await call(inspector, 'Runtime.getHeapUsage')) as { usedSize: number }).usedSize
}

let calls = 0

const call = (socket: WebSocket, method: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    calls += 1
    const id = calls
    const timer = setTimeout(() => reject(new Error(`the inspector gave no answer to ${method} within ${CALL_MS / 1000} s`)), CALL_MS)
    const hear = ({ data }: MessageEvent) => {
      const answer = JSON.parse(String(data)) as { id?: number; result?: unknown }
      if (answer.id !== id) return
      clearTimeout(timer)
      socket.removeEventListener('message', hear)
      resolve(answer.result)
    }
    socket.addEventListener('message', hear)
    socket.send(JSON.stringify({ id, method }))
  })

const openIn = (pid: number, inspectorPort: number): Pick<Footprint, 'connections' | 'files'> => {
  const established = connectionsOf(pid, inspectorPort)
  const open = readdirSync(`/proc/${pid}/fd`).map(descriptor => linkOf(`/proc/${pid}/fd/${descriptor}`))
  const isConnection = (link: string): boolean => established.has(/^socket:\[(\d+)\]$/.exec(link)?.[1] ?? '')
  const connections = open.filter(isConnection).length
  return { connections, files: open.filter(link => link !== '').length - connections }
}

/** A descriptor may be closed between two looks. */
const linkOf = (path: string): string => {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

const ESTABLISHED = '01'

/** Inodes of the established connections of the process's network, but for those of the inspector. */
const connectionsOf = (pid: number, inspectorPort: number): Set<string> => {
  const rows = ['tcp', 'tcp6'].flatMap(table => readFileSync(`/proc/${pid}/net/${table}`, 'utf8').trim().split('\n').slice(1))
  const found = rows
    .map(row => row.trim().split(/\s+/))
    .filter(([, local = '', , state]) => state === ESTABLISHED && portOf(local) !== inspectorPort)
  return new Set(found.map(fields => fields[9] ?? ''))
}

const portOf = (address: string): number => Number.parseInt(address.slice(address.lastIndexOf(':') + 1), 16)

/** How much more it may hold than at the base. */
export type Growth = Partial<Footprint>

/** One line for each thing of which the process holds more than it may. */
export const grown = (base: Footprint, now: Footprint, allowed: Growth = {}): string[] =>
  (['heapBytes', 'connections', 'files'] as const).flatMap(what => {
    const most = base[what] + (allowed[what] ?? 0)
    return now[what] <= most ? [] : [`${what}: ${now[what]}, but at the base ${base[what]}, and at most ${most} is allowed`]
  })
