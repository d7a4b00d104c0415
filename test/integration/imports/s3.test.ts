// Imports from a real server that speaks S3: signed, by one key or by a prefix.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { digestOfBundle } from '../../../images/server/bundle/folder.ts'
import { importFrom } from '../../../images/server/import/from.ts'
import { isFinal } from '../../../images/server/import/refused.ts'
import type { ImportConfig } from '../../../operator/api/importjob.ts'
import { sampleBundle } from '../../conformance/samplebundle.ts'
import { classifier, importConfig, sha256 } from '../../imports/classifier.ts'
import { BUCKET, KEYS, type S3Server, startS3 } from './s3server.ts'

let s3: S3Server
const { folder, digest } = sampleBundle()
const file = classifier()

beforeAll(async () => {
  s3 = await startS3()
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    if (statSync(join(folder, path)).isFile()) await s3.put(`bundles/v4/${path}`, readFileSync(join(folder, path)))
  // Begins alike and is another one.
  await s3.put('bundles/v40/manifest.json', '{}')
  await s3.put('exports/a model & more+.onnx', file)
  for (let i = 0; i < 260; i++) await s3.put(`many/${i}`, 'x')
}, 900_000)

afterAll(() => s3?.stop())

const asked = (key: string, what: string, more: Partial<NonNullable<ImportConfig['from']['s3']>> = {}): ImportConfig =>
  importConfig({ digest: what, from: { s3: { bucket: BUCKET, key, endpoint: s3.endpoint, ...more } } })

const failure = async (config: ImportConfig, env: Record<string, string> = KEYS): Promise<string> => {
  const thrown: unknown = await importFrom(config, env).catch((error: unknown) => error)
  return `${isFinal(thrown) ? 'final' : 'again'}: ${thrown instanceof Error ? thrown.message : String(thrown)}`
}

describe('an import from S3', () => {
  it('takes all of a bundle below a prefix, with its digest', async () => {
    const config = asked('bundles/v4/', digest)
    expect(await importFrom(config, KEYS)).toMatchObject({ digest })
    expect(digestOfBundle(join(config.root, config.path))).toBe(digest)
  })

  it('takes one file by its key, whatever letters that has', async () => {
    expect(await importFrom(asked('exports/a model & more+.onnx', sha256(file)), KEYS)).toMatchObject({ asked: sha256(file) })
  })

  it.each<[string, Record<string, string>]>([
    ['without keys', {}],
    ['with another secret', { ...KEYS, AWS_SECRET_ACCESS_KEY: 'wrong' }],
    ['with another key', { ...KEYS, AWS_ACCESS_KEY_ID: 'nobody' }],
  ])('%s is refused by the server, and not tried again', async (_, env) => {
    const said = await failure(asked('bundles/v4/', digest), env)
    expect(said).toMatch(/^final: http:\S+\/models\/ answers 4\d\d: /)
    expect(said).not.toContain(KEYS.AWS_SECRET_ACCESS_KEY)
  })

  it.each([
    ['a key that is not there', 'exports/none.onnx', /^final: .*answers 404: there is no such bucket or key/],
    ['a prefix with nothing below it', 'nothing/', /^final: bucket models has nothing below nothing\//],
    ['more objects than a bundle has', 'many/', /^final: there are more than 256 objects below many\//],
  ])('of %s says so', async (_, key, said) => {
    expect(await failure(asked(key, digest))).toMatch(said)
  })

  it('from a server that is away is tried again', async () => {
    expect(await failure(asked('a.onnx', digest, { endpoint: 'http://127.0.0.1:1' }))).toMatch(/^again: /)
  })

  it('asks no other host without TLS', async () => {
    expect(await failure(asked('a.onnx', digest, { endpoint: 'http://example.org' }))).toMatch(
      /^final: spec.import.from.s3.endpoint is http:\/\/example.org: use https/,
    )
  })
})
