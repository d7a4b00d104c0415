// Decides whether a process is one that we started: a pid alone is not enough, the kernel hands pids out again.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** What is written down about a process when it starts. */
export type OwnProcess = { pid: number; startTime: string; marker: string }

type Stat = { state: string; startTime: string }

function stat(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name in parentheses and may hold spaces, so count from its end.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0] ?? '', startTime: fields[19] ?? '' }
  } catch {
    return undefined
  }
}

/** The record of a process that runs now; its marker is a text that its command line holds, usually a folder. */
export function ownProcess(pid: number, marker: string): OwnProcess {
  return { pid, startTime: stat(pid)?.startTime ?? '', marker }
}

/** Whether the recorded process still runs, and is not another one with the same pid. */
export function isRunning(record: OwnProcess): boolean {
  const now = stat(record.pid)
  if (now === undefined || now.state === 'Z' || now.startTime !== record.startTime) return false
  try {
    const line = readFileSync(`/proc/${record.pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    // Empty for an instant while the process turns into another program, as a wrapper does.
    return line === '' || line.includes(record.marker)
  } catch {
    return false
  }
}

/** Asks the process to end, and makes it end when it does not within the given time. */
export async function end(record: OwnProcess, graceSeconds: number): Promise<void> {
  const deadline = Date.now() + graceSeconds * 1000
  signal(record, graceSeconds > 0 ? 'SIGTERM' : 'SIGKILL')
  while (isRunning(record)) {
    if (Date.now() > deadline) signal(record, 'SIGKILL')
    await sleep(20)
  }
}

/** Sends a signal, but only to the recorded process itself. */
export function signal(record: OwnProcess, name: NodeJS.Signals): void {
  if (!isRunning(record)) return
  try {
    process.kill(record.pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
