// Where everything that outlives a command lies: under the user's cache folder, never in the checkout.
import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** The folder for one purpose below the user's cache folder, made when it is missing. */
export function cacheFolder(...purpose: string[]): string {
  const root = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  const folder = join(root, 'tidegate', ...purpose)
  mkdirSync(folder, { recursive: true })
  return folder
}
