// Hands out slot numbers: one per cluster for as long as it exists, one per bare control plane for as long as its owner lives.
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { cacheFolder } from './cache.ts'
import { isRunning, type OwnProcess } from './ownprocess.ts'
import { portsOf } from './slot.ts'

/** Who holds a slot; one held by a process is free again when the process is gone. */
export type Holder = { folder: string; process?: OwnProcess }

export type Claim = {
  holder: Holder
  from: number
  to: number
  /** Why a slot will not do, for a reason of its own. */
  refuse?: (slot: number) => Promise<string | undefined>
}

/** The slot that this folder holds, or the first free one that will do. */
export async function claimSlot(claim: Claim): Promise<number> {
  const reasons: string[] = []
  const held = slotOf(claim.holder.folder, claim.to)
  if (held !== undefined) return held
  for (let slot = claim.from; slot < claim.to; slot += 1) {
    if (holderOf(slot) !== undefined) continue
    const reason = (await busyPort(slot)) ?? (await claim.refuse?.(slot))
    if (reason === undefined && take(slot, claim.holder)) return slot
    reasons.push(`slot ${slot}: ${reason ?? 'taken meanwhile'}`)
  }
  const others = claim.to - claim.from - reasons.length
  throw new Error(`no free slot for ${claim.holder.folder}: ${others} are held by other clusters; ${reasons.join('; ')}`)
}

/** The slot that this folder holds, if any. */
export function slotOf(folder: string, count: number): number | undefined {
  for (let slot = 0; slot < count; slot += 1) {
    if (holderOf(slot)?.folder === folder) return slot
  }
  return undefined
}

export function releaseSlot(slot: number): void {
  rmSync(slotFile(slot), { force: true })
}

/** Who holds the slot, dead or alive. */
export function holderOf(slot: number): Holder | undefined {
  try {
    return JSON.parse(readFileSync(slotFile(slot), 'utf8')) as Holder
  } catch {
    return undefined
  }
}

/** Whether the slot was left behind by a process that is gone. */
export function isAbandoned(holder: Holder): boolean {
  return holder.process !== undefined && !isRunning(holder.process)
}

function slotFile(slot: number): string {
  return join(cacheFolder('slots'), String(slot))
}

function take(slot: number, holder: Holder): boolean {
  const draft = `${slotFile(slot)}.${process.pid}`
  writeFileSync(draft, JSON.stringify(holder))
  try {
    linkSync(draft, slotFile(slot))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

async function busyPort(slot: number): Promise<string | undefined> {
  for (const port of Object.values(portsOf(slot))) {
    if (!(await isFree(port))) return `port ${port} is in use`
  }
  return undefined
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
