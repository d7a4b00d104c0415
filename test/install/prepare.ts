// Brings up what a demonstration or a test needs: a cluster, the images of this repository on it, and the chart.

import { chooseProvider } from '../cluster/choose.ts'
import { buildProjectImages, type ProjectImages } from '../cluster/images/project.ts'
import { preflight } from '../cluster/preflight.ts'
import type { ClusterInfo } from '../cluster/provider.ts'
import { install } from './install.ts'

export interface Tellable {
  stage: <Result>(title: string, work: () => Promise<Result>) => Promise<Result>
  say: (line: string) => void
}

export interface PrepareOptions {
  name: string
  /** A context of the person's own kubeconfig: its nodes must be able to get the images. */
  context?: string
  /** Where that cluster pulls the images from, pushed there as docs/guide/installing.md says. Without it its nodes must have them. */
  registry?: string
  narrator: Tellable
}

export interface Prepared {
  cluster: ClusterInfo
  images: ProjectImages
}

export const prepare = async ({ name, context, registry, narrator }: PrepareOptions): Promise<Prepared> => {
  const provider = await chooseProvider({ name, ...(context && { context }) })
  const say = (line: string) => narrator.say(line)
  const [cluster, images] = await narrator.stage('cluster up, images built', async () => {
    // Both need what the preflight installs; after it, compiling and fetching go on side by side.
    if (!registry) await preflight('cluster', say)
    return await Promise.all([provider.up(say), registry ? {} : buildProjectImages(say)])
  })
  if (context) say(`the nodes of ${context} need the images ${Object.values(images).join(', ') || `of ${registry}`}`)
  else await narrator.stage('load images', () => provider.load(Object.values(images), say))
  await narrator.stage('install the chart', () => install(cluster, { images, ...(registry && { set: { 'images.registry': registry } }) }))
  return { cluster, images }
}
