// Where images are built: buildah with folders of its own in our cache, so that nothing of the machine's is touched.
import { existsSync, globSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from '../cache.ts'
import { attempt } from '../command.ts'
import { isHeld } from '../lock.ts'
import { mountsBelow, unmountBelow } from '../mounts.ts'

/** The start of every buildah command line. */
export function buildah(...args: string[]): string[] {
  const folder = (name: string) => join(cacheFolder('images'), name)
  return ['buildah', '--root', folder('storage'), '--runroot', folder('run'), '--storage-driver', 'overlay', ...args]
}

export async function hasImage(tag: string): Promise<boolean> {
  return (await attempt(buildah('inspect', '--type', 'image', localName(tag)))).code === 0
}

/** An image that was built here and comes from no registry. */
export function localName(tag: string): string {
  return `localhost/${tag}`
}

/** The folder of image archives. */
function archiveFolder(): string {
  const folder = join(cacheFolder('images'), 'archives')
  if (!existsSync(folder)) mkdirSync(folder)
  return folder
}

/** The file that an image is packed into. */
export function archiveFile(tag: string): string {
  return join(archiveFolder(), `${tag.replaceAll(/[/:]/g, '_')}.tar`)
}

/** Gives up what builds left mounted that were killed; while another build runs, nothing. */
export async function tidyStorage(): Promise<void> {
  const storage = join(cacheFolder('images'), 'storage')
  if (mountsBelow(storage).length === 0 || globSync('image-*', { cwd: cacheFolder('locks') }).some(isLocked)) return
  await attempt(buildah('rm', '--all'))
  await unmountBelow(storage)
}

/** The lock of everything that builds an image of this name. */
export function imageLock(name: string): string {
  return join(cacheFolder('locks'), `image-${name.replaceAll('/', '_')}`)
}

function isLocked(name: string): boolean {
  return isHeld(join(cacheFolder('locks'), name))
}

const KEPT_IMAGES = 3
// Steps of builds are kept for the next one; past this number all that no image of a name needs are dropped.
const MOST_STEPS = 300

/** Removes all but the newest images of a name, and the archives of all but the newest. A build beside this one may confuse a list: then not now. */
export async function pruneImages(name: string): Promise<void> {
  const listed = await list('--format', '{{.Name}}:{{.Tag}}', '--filter', `reference=${localName(name)}`)
  const tags = listed.filter(line => line.startsWith(`${localName(name)}:`))
  for (const tag of tags.slice(1)) rmSync(archiveFile(tag.slice(localName('').length)), { force: true })
  for (const tag of tags.slice(KEPT_IMAGES)) await attempt(buildah('rmi', tag))
  if ((await list('--all', '--quiet')).length > MOST_STEPS) await attempt(buildah('rmi', '--prune', '--force'))
}

async function list(...options: string[]): Promise<string[]> {
  const { code, stdout } = await attempt(buildah('images', ...options))
  return code === 0 ? stdout.split('\n') : []
}
