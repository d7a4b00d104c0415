// Builds packages of one of our Go modules into a folder.
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join, sep } from 'node:path'
import { cacheFolder } from './cache.ts'
import { run } from './command.ts'
import { LDFLAGS, MODULE_FOLDERS, type Module } from './recipes.ts'

const LEGO = 'github.com/go-acme/lego/v4'
const ENVIRONMENT = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' }

/** Compiles and links; gives way to whatever else the machine does. */
export function goBuild(module: Module, packages: readonly string[], out: string): Promise<void> {
  return inModule(module, async (cwd, mode) => {
    const flags = ['-trimpath', `-mod=${mode}`, '-ldflags', LDFLAGS, '-o', `${out}/`]
    await run(['nice', '-n', '10', 'go', 'build', ...flags, ...packages], {
      cwd,
      env: ENVIRONMENT,
      purpose: `go build ${packages.join(' ')}`,
    })
  })
}

/** Downloads what a build will need, and compiles nothing: it waits for the network, so it runs beside other work. */
export function goDownload(module: Module, packages: readonly string[]): Promise<void> {
  return inModule(module, async (cwd, mode) => {
    await run(['go', 'list', `-mod=${mode}`, '-deps', ...packages], { cwd, env: ENVIRONMENT, purpose: 'downloading Go modules' })
  })
}

async function inModule(module: Module, work: (cwd: string, mode: string) => Promise<void>): Promise<void> {
  if (module !== 'traefik') return work(MODULE_FOLDERS[module], 'readonly')
  const folder = mkdtempSync(join(cacheFolder('bin'), '.traefik-'))
  try {
    await prepareTraefik(folder)
    await work(folder, 'mod')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

// Traefik's certificate library brings clients for 150 DNS services, of which an Ingress on this machine needs none.
// Without them the build takes half the time. Go refuses to change a downloaded module, so a copy of it is changed.
async function prepareTraefik(folder: string): Promise<void> {
  const source = MODULE_FOLDERS.traefik
  for (const file of ['go.mod', 'go.sum']) cpSync(join(source, file), join(folder, file))
  const go = (...args: string[]) => run(['go', ...args], { cwd: folder, env: ENVIRONMENT, purpose: 'preparing the build of traefik' })
  const found = JSON.parse(await go('mod', 'download', '-json', LEGO)) as { Dir: string }
  const providers = join(found.Dir, 'providers')
  const copy = join(folder, 'lego')
  cpSync(found.Dir, copy, { recursive: true, filter: path => path !== providers && !path.startsWith(providers + sep) })
  await run(['chmod', '-R', 'u+w', copy])
  mkdirSync(join(copy, 'providers', 'dns'), { recursive: true })
  cpSync(join(source, 'dns.go.txt'), join(copy, 'providers', 'dns', 'dns.go'))
  await go('mod', 'edit', `-replace=${LEGO}=./lego`)
}
