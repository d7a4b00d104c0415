// Environment to Config: parsed once, refused with a sentence, never read again.
import { port, serverEnv, serverPath } from '../../operator/api/contract.ts'

export interface Config {
  bundle: string
  digest: string | undefined
  model: string | undefined
  version: string | undefined
  inferenceService: string
  workers: number | undefined
  requestTimeoutMs: number
  maxBodyBytes: number
  drainSeconds: number
  port: number
  host: string
}

type Environment = Readonly<Record<string, string | undefined>>
interface Bounds {
  minimum: number
  maximum: number
  fallback: number
}

const MIB = 1024 * 1024

const textOf = (env: Environment, name: string) => {
  const value = env[name]?.trim()
  return value === undefined || value === '' ? undefined : value
}

const numberOf = (env: Environment, name: string, bounds: Bounds) => {
  const text = textOf(env, name)
  if (text === undefined) return bounds.fallback
  const value = Number(text)
  if (!Number.isInteger(value) || value < bounds.minimum || value > bounds.maximum) {
    throw new Error(
      `${name} must be a whole number from ${bounds.minimum} to ${bounds.maximum}; got "${text}". Set it, or leave it out for ${bounds.fallback}.`,
    )
  }
  return value
}

const digestOf = (env: Environment) => {
  const digest = textOf(env, serverEnv.digest)
  if (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw new Error(
      `${serverEnv.digest} must be sha256: and 64 hexadecimal digits; got "${digest}". Copy it from the ModelVersion, or leave it out.`,
    )
  }
  return digest
}

export const configOf = (env: Environment): Config => {
  const workers = numberOf(env, serverEnv.workers, { minimum: 0, maximum: 64, fallback: 0 })
  return {
    bundle: textOf(env, serverEnv.bundle) ?? serverPath.bundle,
    digest: digestOf(env),
    model: textOf(env, serverEnv.model),
    version: textOf(env, serverEnv.version),
    inferenceService: textOf(env, serverEnv.inferenceService) ?? '',
    workers: workers === 0 ? undefined : workers,
    requestTimeoutMs: numberOf(env, serverEnv.requestTimeoutMs, { minimum: 10, maximum: 600_000, fallback: 10_000 }),
    maxBodyBytes: numberOf(env, serverEnv.maxBodyBytes, { minimum: 1024, maximum: 256 * MIB, fallback: 4 * MIB }),
    drainSeconds: numberOf(env, serverEnv.drainSeconds, { minimum: 0, maximum: 600, fallback: 3 }),
    port: numberOf(env, 'PORT', { minimum: 0, maximum: 65_535, fallback: port.http }),
    host: textOf(env, 'HOST') ?? '0.0.0.0',
  }
}
