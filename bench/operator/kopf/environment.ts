// Keeps a virtual environment with exactly the pinned packages of the peer operator.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from '../../../test/cluster/cache.ts'
import { run } from '../../../test/cluster/command.ts'
import { contentKey } from '../../../test/cluster/contentkey.ts'
import { withLock } from '../../../test/cluster/lock.ts'
import { findPython } from '../../../test/run/pythonenvironment.ts'

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt')

/** The folder of its programs; made when it is not there. */
export const kopfPrograms = async (): Promise<string> => {
  const python = await findPython()
  const folder = join(cacheFolder('bench'), `kopf-${contentKey([python.version, python.command], [REQUIREMENTS])}`)
  const marker = join(folder, '.complete')
  const programs = join(folder, 'bin')
  await withLock(join(cacheFolder('locks'), 'kopf-environment'), async () => {
    if (existsSync(marker)) return
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    await run([python.command, '-m', 'venv', folder], { purpose: 'making a virtual environment (Debian package python3-venv)' })
    const pip = [join(programs, 'python'), '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check']
    await run([...pip, '--require-hashes', '--only-binary', ':all:', '--requirement', REQUIREMENTS], {
      purpose: 'installing the packages of the peer operator',
    })
    writeFileSync(marker, '')
  })
  return programs
}
