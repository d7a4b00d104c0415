// Decides which Python runs the trainer's tests and MLflow, and keeps a virtual environment of exactly the pinned packages for each.
import { existsSync, globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { cacheFolder } from '../cluster/cache.ts'
import { attempt, run } from '../cluster/command.ts'
import { contentKey } from '../cluster/contentkey.ts'
import { withLock } from '../cluster/lock.ts'

const images = join(import.meta.dirname, '..', '..', 'images')
/** Everything that is pinned, by purpose. */
const pinned = { trainer: join(images, 'trainer', 'requirements-dev.txt'), mlflow: join(images, 'mlflow', 'requirements.txt') } as const
export type Purpose = keyof typeof pinned

/** The Python of the image. */
const PREFERRED = '3.13'
const LEAST = [3, 11] as const
const COMPLETE = '.complete'

export interface Python {
  command: string
  version: string
}

/** The folder of the environment; it is named after what is in it. */
export const environmentFolder = (python: Python, purpose: Purpose = 'trainer'): string =>
  join(cacheFolder(), `venv-${contentKey([python.version, python.command], [pinned[purpose]])}`)

/** Whether an environment for these requirements is complete, so that nothing needs to be fetched. */
export const haveEnvironment = (purpose: Purpose = 'trainer'): boolean =>
  existsSync(pinned[purpose]) && globSync(join(cacheFolder(), `venv-*/${COMPLETE}-${contentKey([], [pinned[purpose]])}`)).length > 0

/** Makes the environment when it is not there, and gives its Python. */
export const ensureEnvironment = async (say: (text: string) => void, purpose: Purpose = 'trainer'): Promise<string> => {
  const python = await findPython()
  const requirements = pinned[purpose]
  const folder = environmentFolder(python, purpose)
  const marker = join(folder, `${COMPLETE}-${contentKey([], [requirements])}`)
  const program = join(folder, 'bin', 'python')
  await withLock(join(cacheFolder('locks'), `python-environment-${purpose}`), async () => {
    if (existsSync(marker)) return
    say(`making an environment with Python ${python.version} in ${folder}`)
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    await makeEnvironment(python.command, folder)
    await run([program, '-m', 'pip', 'install', '--quiet', '--require-hashes', '--only-binary', ':all:', '--requirement', requirements], {
      env: { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: '1' },
      purpose: `installing the packages of the ${purpose}`,
    })
    writeFileSync(marker, '')
  })
  return program
}

/** Python 3.13 when there is one, by name or under pyenv; else the newest of at least 3.11. */
export const findPython = async (): Promise<Python> => {
  const pyenv = globSync(join(process.env['PYENV_ROOT'] || join(homedir(), '.pyenv'), 'versions/3.*/bin/python3'))
  const named = ['python3.13', 'python3.14', 'python3.12', 'python3.11', 'python3', '/usr/bin/python3']
  const found = (await Promise.all([...named, ...pyenv].map(versionOf))).filter(python => python !== undefined)
  const best = choosePython(found)
  if (best) return best
  const versions = found.map(({ version }) => version).join(', ')
  throw new Error(
    `Python ${LEAST.join('.')} or newer is needed, found ${versions || 'none'}: install the Debian packages python3 and python3-venv`,
  )
}

/** The preferred version, then the newest; packages have wheels for 3.11 to 3.14. */
export const choosePython = (found: readonly Python[]): Python | undefined => {
  const usable = found.filter(({ version }) => minor(version) >= LEAST[1] && minor(version) <= 14)
  const rank = (version: string): number => (version.startsWith(`${PREFERRED}.`) ? 100 : minor(version))
  return usable.toSorted((a, b) => rank(b.version) - rank(a.version))[0]
}

const minor = (version: string): number => Number(version.split('.')[1] ?? 0)

/** A shim of pyenv exists for versions that are not active; it fails when it is asked. */
const versionOf = async (command: string): Promise<Python | undefined> => {
  const code = 'import platform, sys; print(platform.python_version(), sys.executable)'
  const result = await attempt([command, '-c', code]).catch(() => undefined)
  const [version, executable] = result?.code === 0 ? result.stdout.trim().split(' ') : []
  return version && executable ? { command: executable, version } : undefined
}

/** Debian ships the module venv in a package of its own. */
const makeEnvironment = async (python: string, folder: string): Promise<void> => {
  const first = await attempt([python, '-m', 'venv', '--clear', folder])
  if (first.code === 0) return
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const apt = ['apt-get', '-q', '-o', 'DPkg::Lock::Timeout=300']
    await run([...apt, 'update'], { env, purpose: 'apt-get update' })
    await run([...apt, 'install', '-y', '--no-install-recommends', 'python3-venv'], { env, purpose: 'installing python3-venv' })
  }
  await run([python, '-m', 'venv', '--clear', folder], { purpose: 'making a virtual environment (Debian package python3-venv)' })
}
