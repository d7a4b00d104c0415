// Decides which cluster, user and namespace a command is about, as kubectl decides it.
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { KubeConfig } from '@kubernetes/client-node'
import type { Flags } from './arguments.ts'
import { Failure } from './failure.ts'
import { suggestion } from './nearest.ts'

type Asked = Pick<Flags, 'kubeconfig' | 'context' | 'namespace'>
type Environment = Record<string, string | undefined>

export const readKubeconfig = (asked: Asked, environment: Environment): KubeConfig => {
  const config = new KubeConfig()
  const files = filesOf(asked, environment)
  if (files.length > 0) for (const file of files) add(config, file)
  else if (environment['KUBERNETES_SERVICE_HOST']) config.loadFromCluster()
  else throw new Failure(`no kubeconfig: ${sought(environment)}; set KUBECONFIG, or name a file with --kubeconfig`)
  choose(config, asked.context)
  return config
}

export const namespaceOf = (config: KubeConfig, asked: Asked): string =>
  asked.namespace ?? config.getContextObject(config.getCurrentContext())?.namespace ?? 'default'

const standard = (environment: Environment): string => join(environment['HOME'] || homedir(), '.kube', 'config')

const filesOf = (asked: Asked, environment: Environment): string[] => {
  if (asked.kubeconfig) {
    if (!existsSync(asked.kubeconfig)) throw new Failure(`no kubeconfig: --kubeconfig is ${asked.kubeconfig}, and no such file exists`)
    return [asked.kubeconfig]
  }
  const named = environment['KUBECONFIG']?.split(delimiter).filter(Boolean) ?? []
  return (named.length > 0 ? named : [standard(environment)]).filter(file => existsSync(file))
}

const sought = (environment: Environment): string =>
  environment['KUBECONFIG']
    ? `KUBECONFIG is ${environment['KUBECONFIG']}, and no such file exists`
    : `${standard(environment)} does not exist`

/** What an earlier file says stands. */
const add = (config: KubeConfig, file: string): void => {
  const one = new KubeConfig()
  try {
    one.loadFromFile(file)
  } catch (error) {
    throw new Failure(`kubeconfig ${file} cannot be read`, { cause: error })
  }
  config.clusters ??= []
  config.users ??= []
  config.contexts ??= []
  for (const cluster of one.clusters) if (!config.getCluster(cluster.name)) config.addCluster(cluster)
  for (const user of one.users) if (!config.getUser(user.name)) config.addUser(user)
  for (const context of one.contexts) if (!config.getContextObject(context.name)) config.addContext(context)
  config.currentContext ||= one.currentContext
}

const choose = (config: KubeConfig, wanted: string | undefined): void => {
  const names = config.getContexts().map(({ name }) => name)
  if (wanted !== undefined) {
    if (!names.includes(wanted)) throw new Failure(`the kubeconfig has no context ${wanted}${suggestion(wanted, names)}`)
    config.setCurrentContext(wanted)
  }
  if (config.getCurrentCluster()) return
  const current = config.getCurrentContext()
  throw new Failure(
    current
      ? `context ${current} of the kubeconfig names no cluster${suggestion(current, names)}`
      : `the kubeconfig has no current context: choose one with --context (${names.join(', ') || 'it has none'})`,
  )
}
