// A cluster that somebody else runs, by the name of a kube context: used as it is, never changed.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { binaries, type Say } from './binaries.ts'
import { cacheFolder } from './cache.ts'
import { run } from './command.ts'
import type { ClusterInfo, Provider } from './provider.ts'

export function namedContext(context: string): Provider {
  return {
    name: 'context',
    up: say => describe(context, say),
    down: say => Promise.resolve(say(`context ${context} is not ours to take down`)),
    status: async () => ({ info: await describe(context, () => {}), parts: [] }),
    load: images =>
      Promise.reject(new Error(`context ${context} has no images of ours: push ${images.join(', ')} to a registry it pulls from`)),
  }
}

async function describe(context: string, say: Say): Promise<ClusterInfo> {
  const { kubectl, helm } = await binaries(['kubectl', 'helm'], say)
  const purpose = `asking context ${context}`
  // A copy of only this context: whatever the user's default becomes meanwhile, tests stay where they are.
  const config = await run([kubectl, 'config', 'view', '--raw', '--flatten', '--minify', `--context=${context}`], { purpose })
  const kubeconfig = join(cacheFolder('contexts'), `${context.replaceAll(/[^a-zA-Z0-9.-]/g, '_')}.kubeconfig`)
  writeFileSync(kubeconfig, config, { mode: 0o600 })
  await run([kubectl, '--kubeconfig', kubeconfig, '--request-timeout=10s', 'version'], { purpose })
  return { name: context, provider: 'context', kubeconfig, kubectl, helm }
}
