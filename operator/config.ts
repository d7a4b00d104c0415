// Environment → Config: parsed once at start, never read again.
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'

export interface Config {
  /** Image of the trainer for runs that name none. */
  trainerImage: string
  /** Image of the server for services that have not become ready with an older one. */
  serverImage: string
  imagePullPolicy: 'Always' | 'IfNotPresent' | 'Never'
  imagePullSecrets: string[]
  /** Namespaces that are watched; empty means all. */
  namespaces: string[]
  /** The Lease that the one working operator holds; without it there is no election, and nobody else may run. */
  lease?: { namespace: string; name: string }
  /** Differs between any two operators that may live at the same time. */
  identity: string
  healthPort: number
  logLevel: string
  /** The tracking server that mirrors the registry, if there is one. */
  tracking?: TrackingConfig
  /** Where moves are told as CloudEvents, if anywhere. */
  cloudEvents?: CloudEventsConfig
}

export interface CloudEventsConfig {
  /** Such as https://events.example.com/tidegate. */
  sink: string
  /** Holds a bearer token. */
  tokenFile?: string
  /** Moves before it are not told. */
  since?: Date
}

export interface TrackingConfig {
  /** Such as http://mlflow:5000. */
  uri: string
  token?: string
  /** Which kind of server decides how models are called there. */
  names: (typeof NAMES)[number]
  /** Put in front of the names; for databricks-uc, the catalog and the schema. */
  prefix: string
  /** Whether MLflow's own, deprecated stages are moved, too. */
  stages: boolean
}

type Environment = Record<string, string | undefined>

export const readConfig = (env: Environment): Config => ({
  trainerImage: needed(env, 'TIDEGATE_TRAINER_IMAGE'),
  serverImage: needed(env, 'TIDEGATE_SERVER_IMAGE'),
  imagePullPolicy: pullPolicy(env['TIDEGATE_IMAGE_PULL_POLICY']),
  imagePullSecrets: list(env['TIDEGATE_IMAGE_PULL_SECRETS']),
  namespaces: list(env['TIDEGATE_NAMESPACES']),
  ...leaseOf(env['TIDEGATE_LEASE']),
  identity: env['TIDEGATE_IDENTITY'] || `${hostname()}_${randomUUID()}`,
  healthPort: portNumber(env['TIDEGATE_HEALTH_PORT'] ?? '8080'),
  logLevel: env['TIDEGATE_LOG_LEVEL'] ?? 'info',
  ...trackingOf(env),
  ...cloudEventsOf(env),
})

const needed = (env: Environment, name: string): string => {
  const value = env[name]
  if (!value) throw new Error(`${name} is not set: give the image reference, for example ${name}=tidegate/server:0.1.0`)
  return value
}

const list = (written = ''): string[] =>
  written
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '')

const leaseOf = (written = ''): Pick<Config, 'lease'> => {
  if (written === '') return {}
  const [namespace, name, ...more] = written.split('/')
  if (!namespace || !name || more.length > 0)
    throw new Error(`TIDEGATE_LEASE is ${JSON.stringify(written)}: use namespace/name, or leave it out to run without election`)
  return { lease: { namespace, name } }
}

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'] as const

const pullPolicy = (written = 'IfNotPresent'): Config['imagePullPolicy'] => {
  const found = PULL_POLICIES.find(policy => policy === written)
  if (!found) throw new Error(`TIDEGATE_IMAGE_PULL_POLICY is ${JSON.stringify(written)}: use one of ${PULL_POLICIES.join(', ')}`)
  return found
}

const portNumber = (written: string): number => {
  const value = Number(written)
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    throw new Error(`TIDEGATE_HEALTH_PORT is ${JSON.stringify(written)}: use a port from 0 to 65535`)
  return value
}

const NAMES = ['mlflow', 'databricks', 'databricks-uc'] as const

const trackingOf = (env: Environment): Pick<Config, 'tracking'> => {
  const { TIDEGATE_TRACKING_URI: uri, TIDEGATE_TRACKING_TOKEN: token } = env
  if (!uri) return {}
  const names = namesOf(env['TIDEGATE_TRACKING_NAMES'] || 'mlflow')
  const prefix = prefixOf(names, env['TIDEGATE_TRACKING_PREFIX'] ?? '')
  return { tracking: { uri: addressOf(uri), names, prefix, stages: env['TIDEGATE_TRACKING_STAGES'] === 'true', ...(token && { token }) } }
}

const addressOf = (written: string): string => {
  const url = URL.parse(written)
  const isPlain = url && ['http:', 'https:'].includes(url.protocol) && !url.username && !url.search && !url.hash
  if (isPlain) return url.href.replace(/\/+$/, '')
  // What is wrong with it may be that it holds a password, so it is not repeated.
  throw new Error(
    'TIDEGATE_TRACKING_URI is not an address that can be used: write http://host:port or https://host, without user, query and fragment; credentials go into TIDEGATE_TRACKING_TOKEN',
  )
}

const namesOf = (written: string): TrackingConfig['names'] => {
  const found = NAMES.find(names => names === written)
  if (!found) throw new Error(`TIDEGATE_TRACKING_NAMES is ${JSON.stringify(written)}: use one of ${NAMES.join(', ')}`)
  return found
}

const prefixOf = (names: TrackingConfig['names'], written: string): string => {
  const [pattern, allowed] =
    names === 'databricks-uc' ? [/^\w+\.\w+$/, 'catalog.schema'] : [/^[\w-]{0,40}$/, 'at most 40 letters, digits, _ and -, or leave it out']
  if (pattern.test(written)) return written
  throw new Error(`TIDEGATE_TRACKING_PREFIX is ${JSON.stringify(written)}: with the names of ${names}, use ${allowed}`)
}

const cloudEventsOf = (env: Environment): Pick<Config, 'cloudEvents'> => {
  const { TIDEGATE_CLOUDEVENTS_SINK: sink, TIDEGATE_CLOUDEVENTS_TOKEN_FILE: tokenFile, TIDEGATE_CLOUDEVENTS_SINCE: since } = env
  if (!sink) return {}
  return { cloudEvents: { sink: sinkOf(sink), ...(tokenFile && { tokenFile }), ...(since && { since: momentOf(since) }) } }
}

/** Moves name people and versions, and a token goes with them: in clear text they stay within the cluster. */
const sinkOf = (written: string): string => {
  const url = URL.parse(written)
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isInCluster(url.hostname))
  if (url && isSafe && !url.username && !url.password && !url.hash) return url.href
  // What is wrong with it may be that it holds a password, so it is not repeated.
  throw new Error(
    'TIDEGATE_CLOUDEVENTS_SINK is not an address that can be used: write https://host/path, or http://service.namespace.svc:port/path within the cluster, without user and fragment; a token goes into the file that TIDEGATE_CLOUDEVENTS_TOKEN_FILE names',
  )
}

/** A Service by its name, or a neighbour in the same pod. */
const isInCluster = (host: string): boolean => /^([a-z0-9-]+|.+\.svc(\.cluster\.local)?|127\.0\.0\.1|\[::1\])$/.test(host)

const momentOf = (written: string): Date => {
  const isMoment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(written) && !Number.isNaN(Date.parse(written))
  if (isMoment) return new Date(written)
  throw new Error(
    `TIDEGATE_CLOUDEVENTS_SINCE is ${JSON.stringify(written)}: write a moment such as 2026-01-31T00:00:00Z, or leave it out to tell all moves`,
  )
}
