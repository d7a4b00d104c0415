// Kernel settings that a node changes for the whole machine: remembered by the first cluster, put back by the last.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from './cache.ts'

// The kubelet sets the last three by itself.
const FILES = ['net/ipv4/ip_forward', 'vm/overcommit_memory', 'kernel/panic', 'kernel/panic_on_oops']

/** Notes the settings as they are, unless a cluster did so before, and lets packets pass between pods and the world. */
export function rememberTunables(): void {
  if (!existsSync(noteFile())) {
    const note = Object.fromEntries(FILES.map(file => [file, readFileSync(join('/proc/sys', file), 'utf8').trim()]))
    writeFileSync(noteFile(), JSON.stringify(note))
  }
  writeFileSync('/proc/sys/net/ipv4/ip_forward', '1')
}

/** Puts the settings back when no cluster is left. */
export function restoreTunables(): void {
  if (readdirSync(cacheFolder('clusters')).length > 0 || !existsSync(noteFile())) return
  const note = JSON.parse(readFileSync(noteFile(), 'utf8')) as Record<string, string>
  for (const [file, value] of Object.entries(note)) writeFileSync(join('/proc/sys', file), value)
  rmSync(noteFile())
}

function noteFile(): string {
  return join(cacheFolder(), 'tunables.json')
}
