// The images of this repository.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Say } from '../binaries.ts'
import { ensureBaseImage } from './baseimage.ts'
import { buildImage } from './build.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const NAMES = ['operator', 'server', 'trainer'] as const
/** Built only where somebody asks for it: it is large, and few need it. */
const OPTIONAL = ['mlflow'] as const

type ProjectImage = (typeof NAMES)[number] | (typeof OPTIONAL)[number]
export type ProjectImages = Partial<Record<ProjectImage, string>>

/** Builds every image that has a Dockerfile, side by side, and gives their names with tags. */
export async function buildProjectImages(say: Say = () => {}): Promise<ProjectImages> {
  const present = NAMES.filter(name => existsSync(dockerfile(name)))
  await ensureBaseImage(say)
  const tags = await Promise.all(present.map(async name => [name, await buildProjectImage(name, say)] as const))
  return Object.fromEntries(tags)
}

export const buildProjectImage = (name: ProjectImage, say: Say = () => {}): Promise<string> =>
  buildImage({ name: `tidegate/${name}`, dockerfile: dockerfile(name), context: ROOT }, say)

function dockerfile(name: ProjectImage): string {
  return join(ROOT, 'images', name, 'Dockerfile')
}
