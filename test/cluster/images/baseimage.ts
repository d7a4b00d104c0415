// The base of all images, debian:trixie-slim, made from Debian's packages: the same Dockerfiles build with Docker elsewhere.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Say } from '../binaries.ts'
import { cacheFolder } from '../cache.ts'
import { run } from '../command.ts'
import { contentKey } from '../contentkey.ts'
import { withLock } from '../lock.ts'
import { aptConf } from './machineconfig.ts'
import { buildah, hasImage, imageLock, localName } from './storage.ts'

const BASE_IMAGE = 'debian:trixie-slim'

const SUITE = 'trixie'
// What the official slim image leaves out.
const LEFT_OUT = ['/usr/share/doc/*', '/usr/share/man/*', '/usr/share/info/*', '/usr/share/locale/*', '/usr/share/lintian/*']
const KEPT = '/usr/share/doc/*/copyright'
const DOCKERFILE = 'FROM scratch\nADD rootfs.tar /\nCMD ["bash"]\n'

const OPTIONS = [
  '--variant=minbase',
  ...LEFT_OUT.map(path => `--dpkgopt=path-exclude=${path}`),
  `--dpkgopt=path-include=${KEPT}`,
  // How this machine fetches packages is not the image's business.
  '--customize-hook=rm -f "$1"/etc/apt/apt.conf.d/99mmdebstrap',
]

/** What the base is made from; the date is not part of it, so that it stays until its recipe changes. */
export const BASE_KEY = contentKey([SUITE, DOCKERFILE, ...OPTIONS])

/** Makes the base image when this recipe's is not there. */
export function ensureBaseImage(say: Say): Promise<void> {
  return withLock(imageLock('base'), async () => {
    const kept = `tidegate/base:${BASE_KEY}`
    if (await hasImage(kept)) return
    say(`making the base image ${BASE_IMAGE} from Debian packages`)
    const started = Date.now()
    const context = mkdtempSync(join(cacheFolder('images'), '.base-'))
    try {
      await debootstrap(context)
      await run(buildah('bud', '--isolation', 'chroot', '--tag', BASE_IMAGE, context), { purpose: `building ${BASE_IMAGE}` })
      await run(buildah('tag', localName(BASE_IMAGE), localName(kept)))
    } finally {
      rmSync(context, { recursive: true, force: true })
    }
    say(`made the base image in ${Math.round((Date.now() - started) / 1000)} s`)
  })
}

async function debootstrap(context: string): Promise<void> {
  writeFileSync(join(context, 'Dockerfile'), DOCKERFILE)
  writeFileSync(join(context, 'apt.conf'), await aptConf())
  const options = [...OPTIONS, `--aptopt=${join(context, 'apt.conf')}`]
  await run(['nice', 'mmdebstrap', ...options, SUITE, join(context, 'rootfs.tar')], { purpose: `mmdebstrap ${SUITE}` })
}
