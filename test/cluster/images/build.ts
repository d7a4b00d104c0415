// Builds an image from an ordinary Dockerfile, unless one of the same content is there.
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Say } from '../binaries.ts'
import { run } from '../command.ts'
import { contentKey } from '../contentkey.ts'
import { withLock } from '../lock.ts'
import { BASE_KEY, ensureBaseImage } from './baseimage.ts'
import { machineMounts } from './machineconfig.ts'
import { sourceFiles } from './sources.ts'
import { buildah, hasImage, imageLock, pruneImages } from './storage.ts'

export type ImageOptions = {
  /** Repository, such as `tidegate/server`. */
  name: string
  dockerfile: string
  context: string
  buildArgs?: Record<string, string>
  /** Without one the tag names the content, so that a change is a new image to a cluster. */
  tag?: string
}

/** Builds the image and gives its name with tag. */
export async function buildImage(options: ImageOptions, say: Say = () => {}): Promise<string> {
  const content = `${options.name}:${imageKey(options)}`
  await withLock(imageLock(options.name), async () => {
    if (await hasImage(content)) return
    await ensureBaseImage(say)
    await build(options, content, say)
    await pruneImages(options.name)
  })
  if (options.tag === undefined) return content
  await run(buildah('tag', content, `${options.name}:${options.tag}`))
  return `${options.name}:${options.tag}`
}

/** Names everything that the image is made from. */
function imageKey({ dockerfile, context, buildArgs = {} }: ImageOptions): string {
  const files = sourceFiles(dockerfile, context)
  const modes = files.map(file => (statSync(join(context, file)).mode & 0o111 ? 'x' : '-'))
  const values = [BASE_KEY, readFileSync(dockerfile, 'utf8'), JSON.stringify(buildArgs), ...files, ...modes]
  return contentKey(
    values,
    files.map(file => join(context, file)),
  )
}

async function build({ dockerfile, context, buildArgs = {} }: ImageOptions, tag: string, say: Say): Promise<void> {
  say(`building image ${tag}`)
  const started = Date.now()
  const args = Object.entries(buildArgs).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`])
  const how = ['--isolation', 'chroot', '--network', 'host', '--layers', '--force-rm', '--pull-never', ...(await machineMounts())]
  const once = () =>
    run(['nice', '-n', '5', ...buildah('bud', ...how, ...args, '--file', dockerfile, '--tag', tag, context)], {
      purpose: `building image ${tag}`,
    })
  await once().catch((error: unknown) => {
    // An old image of another name was removed while this build looked through what is there.
    if (!String(error).includes('layer not known')) throw error
    return once()
  })
  say(`built image ${tag} in ${Math.round((Date.now() - started) / 1000)} s`)
}
