// Installs the chart of this repository on a cluster, as the documentation tells people to.
import { join } from 'node:path'
import type { ProjectImages } from '../cluster/images/project.ts'
import type { ClusterInfo } from '../cluster/provider.ts'
import { until } from '../e2e/until.ts'
import { execute, kubectlFor } from './kubectl.ts'

export const OPERATOR_NAMESPACE = 'tidegate-system'
export const CHART = join(import.meta.dirname, '../../charts/tidegate')
const AUTHORED = join(import.meta.dirname, '../../examples/iris/trainingjob.yaml')

export interface InstallOptions {
  images: ProjectImages
  /** More values, as --set takes them. */
  set?: Record<string, string | number | boolean>
  namespace?: string
  release?: string
}

/** Installs or upgrades, and comes back when the operator is ready and the API server takes objects whose author it writes down. */
export const install = async (cluster: ClusterInfo, options: InstallOptions): Promise<void> => {
  const { namespace = OPERATOR_NAMESPACE, release = 'tidegate' } = options
  const values = { ...imageValues(options.images), ...options.set }
  const sets = Object.entries(values).flatMap(([key, value]) => [typeof value === 'string' ? '--set-string' : '--set', `${key}=${value}`])
  await helm(cluster, [
    'upgrade',
    '--install',
    release,
    CHART,
    '--namespace',
    namespace,
    '--create-namespace',
    '--wait',
    '--timeout',
    '3m',
    ...sets,
  ])
  const kubectl = kubectlFor(cluster, 'default')
  const { printed: stamping } = await kubectl.attempt(['get', 'mutatingadmissionpolicies', '--output', 'name'])
  await until(
    () => kubectl.attempt(['create', '--dry-run=server', '--filename', AUTHORED, '--output', 'yaml']),
    ({ code, printed }) => code === 0 && (stamping === '' || printed.includes('tidegate.io/submitted-by')),
    { within: 60, what: 'the API server has read the schemas of the kinds' },
  )
}

export const uninstall = async (cluster: ClusterInfo, namespace = OPERATOR_NAMESPACE, release = 'tidegate'): Promise<void> => {
  await helm(cluster, ['uninstall', release, '--namespace', namespace, '--wait', '--timeout', '2m'])
}

export const helm = async (cluster: Pick<ClusterInfo, 'helm' | 'kubeconfig'>, args: string[]): Promise<string> => {
  const answer = await execute([cluster.helm, ...args], { KUBECONFIG: cluster.kubeconfig })
  if (answer.code !== 0) throw new Error(`helm ${args.slice(0, 2).join(' ')}: ${answer.said.trim()}`)
  return answer.printed
}

const imageValues = (images: ProjectImages): Record<string, string> =>
  Object.fromEntries(
    Object.entries(images).flatMap(([name, reference]) => {
      const colon = reference.lastIndexOf(':')
      return [
        [`images.${name}.repository`, reference.slice(0, colon)],
        [`images.${name}.tag`, reference.slice(colon + 1)],
      ]
    }),
  )
