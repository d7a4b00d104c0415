// A cluster of kind, where a Docker engine answers. Untested: no machine of ours has an engine.
import { join } from 'node:path'
import { binaries, type Say } from './binaries.ts'
import { cacheFolder } from './cache.ts'
import { attempt, run } from './command.ts'
import type { ClusterInfo, Provider } from './provider.ts'

/** Whether a Docker engine answers and the program kind is there. */
export async function canUseKind(): Promise<boolean> {
  const answers = async (argv: string[]) => (await attempt(argv).catch(() => ({ code: 1 }))).code === 0
  return (await answers(['docker', 'info'])) && (await answers(['kind', 'version']))
}

export function kind(name: string): Provider {
  return {
    name: 'kind',
    up: say => up(name, say),
    down: async () => {
      await run(['kind', 'delete', 'cluster', '--name', name])
    },
    status: async () => ({ info: (await exists(name)) ? await describe(name, () => {}) : undefined, parts: [] }),
    load: async images => {
      await run(['kind', 'load', 'docker-image', '--name', name, ...images])
    },
  }
}

async function up(name: string, say: Say): Promise<ClusterInfo> {
  say('using kind, which is untested')
  if (!(await exists(name))) await run(['kind', 'create', 'cluster', '--name', name, '--wait', '120s'], { onOutput: say })
  return describe(name, say)
}

async function exists(name: string): Promise<boolean> {
  return (await run(['kind', 'get', 'clusters'])).split('\n').includes(name)
}

async function describe(name: string, say: Say): Promise<ClusterInfo> {
  const kubeconfig = join(cacheFolder('contexts'), `kind-${name}.kubeconfig`)
  await run(['kind', 'export', 'kubeconfig', '--name', name, '--kubeconfig', kubeconfig])
  return { name, provider: 'kind', kubeconfig, ...(await binaries(['kubectl', 'helm'], say)) }
}
