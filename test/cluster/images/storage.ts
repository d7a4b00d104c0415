// Where images are built: buildah with folders of its own in our cache, so that nothing of the machine's is touched.
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from '../cache.ts'
import { attempt } from '../command.ts'

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
export function archiveFolder(): string {
  const folder = join(cacheFolder('images'), 'archives')
  if (!existsSync(folder)) mkdirSync(folder)
  return folder
}
