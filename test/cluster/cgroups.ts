// The control group that holds all pods of a cluster, in every hierarchy of this machine.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { cgroupRoot } from './layout.ts'

const MOUNT = '/sys/fs/cgroup'

/** What a share of the processors is called in both versions, and what a process has by default. */
const WEIGHTS = { 'cpu.shares': 1024, 'cpu.weight': 100 }

/** Makes the group; the kubelet takes it as given. */
export function raiseCgroups(folder: string): void {
  for (const hierarchy of hierarchies()) {
    const group = join(hierarchy, cgroupRoot(folder))
    mkdirSync(group, { recursive: true })
    // A new group of the first version's cpuset holds no processors, and then no process either.
    for (const file of ['cpuset.cpus', 'cpuset.mems']) {
      if (isV1() && existsSync(join(group, file))) writeFileSync(join(group, file), readFileSync(join(hierarchy, file), 'utf8').trim())
    }
    // Without it all pods together weigh as much as one process of the machine, such as a compiler.
    for (const [file, ofOneProcess] of Object.entries(WEIGHTS)) {
      if (existsSync(join(group, file))) writeFileSync(join(group, file), String(ofOneProcess * 2 * availableParallelism()))
    }
  }
}

/** Kills every process in the group and removes it. */
export async function dropCgroups(folder: string): Promise<void> {
  for (const hierarchy of hierarchies()) {
    const root = join(hierarchy, cgroupRoot(folder))
    for (let tries = 0; existsSync(root); tries += 1) {
      if (tries > 100) throw new Error(`control group ${root} cannot be removed: its processes do not end`)
      removeTree(root)
      if (existsSync(root)) await sleep(50)
    }
  }
}

function removeTree(group: string): void {
  for (const entry of readdirSync(group, { withFileTypes: true })) {
    if (entry.isDirectory()) removeTree(join(group, entry.name))
  }
  for (const pid of readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean)) kill(Number(pid))
  try {
    rmdirSync(group)
  } catch (error) {
    // The kernel is still burying the processes: the next round finds the group empty.
    if (!['EBUSY', 'ENOTEMPTY'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function isV1(): boolean {
  return !existsSync(join(MOUNT, 'cgroup.controllers'))
}

function hierarchies(): string[] {
  if (!isV1()) return [MOUNT]
  const folders = readdirSync(MOUNT, { withFileTypes: true }).filter(entry => entry.isDirectory())
  return folders.map(entry => join(MOUNT, entry.name))
}
