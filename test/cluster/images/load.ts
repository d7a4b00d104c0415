// Gives a cluster's containerd the images that were built here.
import { copyFileSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { binaries, type Say } from '../binaries.ts'
import { cacheFolder } from '../cache.ts'
import { run } from '../command.ts'
import { containerdSocket, pauseImage } from '../layout.ts'
import { withLock } from '../lock.ts'
import { together } from '../together.ts'
import { archiveFile, buildah, hasImage, localName } from './storage.ts'

/** Imports images; one that is named after its content and is there already is not imported again. */
export async function loadImages(folder: string, tags: readonly string[], say: Say): Promise<void> {
  const present = await imagesOf(folder)
  const missing = tags.filter(tag => !isContentTag(tag) || !present.has(clusterName(tag)))
  await together(missing.map(tag => loadImage(folder, tag, say)))
}

async function loadImage(folder: string, tag: string, say: Say): Promise<void> {
  if (!(await hasImage(tag))) throw new Error(`image ${tag} is not among those built here; build it with: npm run cluster -- build`)
  const started = Date.now()
  await importArchive(folder, await archive(tag))
  say(`loaded ${tag} in ${((Date.now() - started) / 1000).toFixed(1)} s`)
}

/** Every pod needs it, so it comes before the kubelet. */
export async function loadPauseImage(folder: string): Promise<void> {
  if ((await imagesOf(folder)).has(clusterName(pauseImage()))) return
  await importArchive(folder, await pauseArchive())
}

/** Whether a tag names a content, so that two images of the same tag are the same. */
function isContentTag(tag: string): boolean {
  return /:[0-9a-f]{12}$/.test(tag)
}

// Kubernetes completes a name without a registry in this way.
function clusterName(tag: string): string {
  return `docker.io/${tag}`
}

function ctr(folder: string, ...args: string[]): Promise<string> {
  return run(['ctr', '--address', containerdSocket(folder), '--namespace', 'k8s.io', ...args], {
    purpose: `ctr ${args.slice(0, 2).join(' ')}`,
  })
}

async function imagesOf(folder: string): Promise<Set<string>> {
  return new Set((await ctr(folder, 'images', 'list', '--quiet')).split('\n'))
}

async function importArchive(folder: string, file: string): Promise<void> {
  await ctr(folder, 'images', 'import', file)
}

async function archive(tag: string): Promise<string> {
  const file = archiveFile(tag)
  return withLock(`${file}.lock`, async () => {
    if (isContentTag(tag) && existsSync(file)) return file
    const draft = `${file}.draft`
    rmSync(draft, { force: true })
    await run(buildah('push', localName(tag), `docker-archive:${draft}:${clusterName(tag)}`), { purpose: `packing ${tag}` })
    renameSync(draft, file)
    return file
  })
}

// Made once from a program of a hundred lines, so it goes the same way as every other image.
async function pauseArchive(): Promise<string> {
  const tag = pauseImage()
  if (!(await hasImage(tag))) {
    const { pause } = await binaries(['pause'])
    const context = mkdtempSync(join(cacheFolder('images'), '.pause-'))
    copyFileSync(pause, join(context, 'pause'))
    writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nCOPY pause /pause\nUSER 65535:65535\nENTRYPOINT ["/pause"]\n')
    try {
      await run(buildah('bud', '--isolation', 'chroot', '--tag', tag, context), { purpose: 'building the pause image' })
    } finally {
      rmSync(context, { recursive: true, force: true })
    }
  }
  return archive(tag)
}
