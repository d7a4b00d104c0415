import { describe, expect, it } from 'vitest'
import { configOf } from './config.ts'

describe('the configuration', () => {
  it('needs nothing', () => {
    expect(configOf({})).toMatchObject({
      bundle: '/model',
      digest: undefined,
      model: undefined,
      workers: undefined,
      requestTimeoutMs: 10_000,
      maxBodyBytes: 4 * 1024 * 1024,
      drainSeconds: 3,
      port: 8000,
    })
  })

  it('takes what the operator sets', () => {
    const env = {
      TIDEGATE_BUNDLE: '/models/iris',
      TIDEGATE_MODEL: 'iris',
      TIDEGATE_MODEL_VERSION: '4',
      TIDEGATE_WORKERS: '3',
      TIDEGATE_DRAIN_SECONDS: '0',
    }
    expect(configOf(env)).toMatchObject({ bundle: '/models/iris', model: 'iris', version: '4', workers: 3, drainSeconds: 0 })
  })

  it.each([
    [{ TIDEGATE_WORKERS: 'many' }, /TIDEGATE_WORKERS must be a whole number from 0 to 64; got "many"/],
    [{ TIDEGATE_REQUEST_TIMEOUT_MS: '1.5' }, /from 10 to 600000; got "1.5"/],
    [{ TIDEGATE_MAX_BODY_BYTES: '-1' }, /from 1024 to 268435456; got "-1"/],
    [{ TIDEGATE_DIGEST: 'sha256:abc' }, /TIDEGATE_DIGEST must be sha256: and 64 hexadecimal digits; got "sha256:abc"/],
  ])('refuses %j in words', (env, said) => {
    expect(() => configOf(env)).toThrow(said)
  })
})
