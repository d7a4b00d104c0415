// Once for all end-to-end tests: a cluster, the images of this repository on it, and the chart installed.
import type { TestProject } from 'vitest/node'
import { chooseProvider } from '../cluster/choose.ts'
import type { ProjectImages } from '../cluster/images/project.ts'
import type { ClusterInfo } from '../cluster/provider.ts'
import { prepare, type Tellable } from '../install/prepare.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    cluster: ClusterInfo
    images: ProjectImages
  }
}

const OWN_NAME = 'e2e'

const named = process.env['TIDEGATE_CLUSTER']
const context = process.env['TIDEGATE_CONTEXT']

const began = Date.now()
const say = (line: string) => console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(7)} s  ${line}`)

const narrator: Tellable = {
  say,
  stage: async (title, work) => {
    say(title)
    return await work()
  },
}

export const setup = async (project: TestProject): Promise<void> => {
  const { cluster, images } = await prepare({ name: named ?? OWN_NAME, ...(context && { context }), narrator })
  say('the chart is installed')
  project.provide('cluster', cluster)
  project.provide('images', images)
}

/** A cluster that somebody named is theirs to remove; the one that only tests know of goes. */
export const teardown = async (): Promise<void> => {
  if (named === undefined && context === undefined) await (await chooseProvider({ name: OWN_NAME })).down(say)
}
