// Gives the paths of the binaries of a Kubernetes; what the present sources have not made yet is built once and kept.
import { existsSync, globSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { cacheFolder } from './cache.ts'
import { goBuild, goDownload } from './gobuild.ts'
import { withLock } from './lock.ts'
import { type Binary, binaryPath, type Module, recipe } from './recipes.ts'

export type Binaries<Name extends Binary = Binary> = Record<Name, string>
export type Say = (line: string) => void

const MODULES: readonly Module[] = ['kubernetes', 'traefik', 'healthjudge', 's3server']

/** The paths of these binaries, built when they are not there. */
export async function binaries<Name extends Binary>(names: readonly Name[], say: Say = () => {}): Promise<Binaries<Name>> {
  for (const module of MODULES) {
    if (missing(names, module).length === 0) continue
    const lock = join(cacheFolder('bin'), `${module}.lock`)
    await withLock(lock, () => build(module, missing(names, module), say))
  }
  return Object.fromEntries(names.map(name => [name, binaryPath(name)])) as Binaries<Name>
}

/** Fetches the sources of these binaries and compiles nothing. */
export async function downloadSources(names: readonly Binary[]): Promise<void> {
  for (const module of MODULES) {
    const wanted = missing(names, module)
    if (wanted.length > 0) await goDownload(module, packagesOf(wanted))
  }
}

function missing(names: readonly Binary[], module: Module): Binary[] {
  return names.filter(name => recipe(name).module === module && !existsSync(binaryPath(name)))
}

function packagesOf(names: readonly Binary[]): string[] {
  return names.map(name => recipe(name).package)
}

// Built aside and moved into place whole: a killed build leaves nothing that looks finished.
async function build(module: Module, names: readonly Binary[], say: Say): Promise<void> {
  if (names.length === 0) return
  say(`building ${names.join(', ')}: minutes the first time, then kept`)
  const started = Date.now()
  // We hold the module's lock, so what an earlier build left behind was killed.
  for (const left of globSync(`.build-${module}-*`, { cwd: cacheFolder('bin') }))
    rmSync(join(cacheFolder('bin'), left), { recursive: true })
  const folder = mkdtempSync(join(cacheFolder('bin'), `.build-${module}-`))
  try {
    await goBuild(module, packagesOf(names), folder)
    for (const name of names) publish(folder, name)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  say(`built ${names.join(', ')} in ${Math.round((Date.now() - started) / 1000)} s`)
}

function publish(folder: string, name: Binary): void {
  const whole = join(folder, `${name}.whole`)
  mkdirSync(whole)
  renameSync(join(folder, recipe(name).output), join(whole, name))
  const target = dirname(binaryPath(name))
  rmSync(target, { recursive: true, force: true })
  renameSync(whole, target)
}
