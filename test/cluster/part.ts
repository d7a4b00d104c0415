// Starts, watches and stops one long-running part of a cluster; a part outlives the command that started it.
import { spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { lastLines } from './command.ts'
import { contentKey } from './contentkey.ts'
import { end, isRunning, type OwnProcess, ownProcess } from './ownprocess.ts'

export type Part = {
  name: string
  argv: readonly string[]
  env?: Record<string, string>
  /** Configuration files by path; a change of one starts the part anew. */
  files?: Record<string, string>
  /** Rejects with the reason while the part is not ready. */
  ready: () => Promise<void>
  readySeconds?: number
  /** How long the part may take to end by itself. */
  graceSeconds?: number
}

type PartRecord = OwnProcess & { key: string; graceSeconds: number }

/** Every process that we start carries its cluster's folder in its environment, and so do those that it starts. */
const OWNER = 'TIDEGATE_CLUSTER'

const READY_SECONDS = 120
const GRACE_SECONDS = 10

export function logFile(folder: string, name: string): string {
  return join(folder, 'log', `${name}.log`)
}

/** Makes the part run as described and waits until it is ready; one that already does is left alone. */
export async function startPart(folder: string, part: Part): Promise<'started' | 'kept'> {
  const key = contentKey([...part.argv, JSON.stringify(part.env ?? {}), JSON.stringify(part.files ?? {})])
  const record = readRecord(folder, part.name)
  const isAsDescribed = record !== undefined && isRunning(record) && record.key === key
  if (isAsDescribed && (await isKept(folder, part))) return 'kept'
  await stopPart(folder, part.name)
  launch(folder, part, key)
  await untilReady(folder, part)
  return 'started'
}

// A part that was just killed may still look alive, and then does not become ready but ends.
async function isKept(folder: string, part: Part): Promise<boolean> {
  try {
    await untilReady(folder, part)
  } catch (error) {
    if (runningPart(folder, part.name) !== undefined) throw error
  }
  return runningPart(folder, part.name) !== undefined
}

/** Ends the part, when it runs. */
export async function stopPart(folder: string, name: string): Promise<void> {
  const record = readRecord(folder, name)
  if (record === undefined) return
  await end(record, record.graceSeconds)
  rmSync(recordFile(folder, name), { force: true })
}

/** The part's process, when it runs. */
export function runningPart(folder: string, name: string): OwnProcess | undefined {
  const record = readRecord(folder, name)
  return record !== undefined && isRunning(record) ? record : undefined
}

/** Kills whatever a crash left of this cluster: processes without a record that carry its folder in their environment. */
export async function killStrays(folder: string): Promise<void> {
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    if (Number.isInteger(pid) && pid !== process.pid && environment(pid).includes(`${OWNER}=${folder}`)) await end(ownProcess(pid, ''), 0)
  }
}

function environment(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
  } catch {
    // Ended in between, or another user's.
    return []
  }
}

/** An error that names the part and shows the end of its log. */
function partError(folder: string, name: string, what: string): Error {
  const log = logFile(folder, name)
  const said = existsSync(log) ? lastLines(readFileSync(log, 'utf8')) : '    (no log)'
  return new Error(`${name} ${what}; the end of its log ${log}:\n${said}`)
}

function launch(folder: string, part: Part, key: string): void {
  for (const [path, content] of Object.entries(part.files ?? {})) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }
  const log = logFile(folder, part.name)
  mkdirSync(dirname(log), { recursive: true })
  if (existsSync(log)) renameSync(log, `${log}.previous`)
  const output = openSync(log, 'a')
  const [program = '', ...args] = part.argv
  // A session of its own: it gets neither the terminal's signals nor this command's end.
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...process.env, ...part.env, [OWNER]: folder },
    detached: true,
    stdio: ['ignore', output, output],
  })
  closeSync(output)
  // Told by the missing pid: the event comes later than whoever waits for it.
  child.on('error', () => {})
  child.unref()
  if (child.pid === undefined) {
    writeFileSync(log, `cannot run ${program}: it is missing or cannot be executed\n`)
    return
  }
  const record: PartRecord = { ...ownProcess(child.pid, part.argv.at(-1) ?? ''), key, graceSeconds: part.graceSeconds ?? GRACE_SECONDS }
  writeFileSync(recordFile(folder, part.name), JSON.stringify(record))
}

async function untilReady(folder: string, part: Part): Promise<void> {
  const seconds = part.readySeconds ?? READY_SECONDS
  const deadline = Date.now() + seconds * 1000
  for (;;) {
    const reason = await part.ready().then(
      () => undefined,
      (error: Error) => error.message,
    )
    if (reason === undefined) return
    if (runningPart(folder, part.name) === undefined) throw partError(folder, part.name, 'ended while it was to become ready')
    if (Date.now() > deadline) throw partError(folder, part.name, `is not ready after ${seconds} s (${reason})`)
    await sleep(100)
  }
}

function recordFile(folder: string, name: string): string {
  return join(folder, `${name}.process.json`)
}

function readRecord(folder: string, name: string): PartRecord | undefined {
  try {
    return JSON.parse(readFileSync(recordFile(folder, name), 'utf8')) as PartRecord
  } catch {
    return undefined
  }
}
