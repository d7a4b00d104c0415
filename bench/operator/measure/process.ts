// What a process costs, as the kernel counts it.
import { readFileSync } from 'node:fs'

export interface Cost {
  cpuSeconds: number
  rssMiB: number
  /** The most it ever had in memory. */
  peakMiB: number
}

/** The kernel counts processor time in hundredths of a second. */
const TICKS = 100

export const costOf = (pid: number): Cost => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name of the program, in parentheses, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const mebibytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN) / 1024
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS,
    rssMiB: mebibytes('VmRSS'),
    peakMiB: mebibytes('VmHWM'),
  }
}
