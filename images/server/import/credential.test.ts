import { describe, expect, it } from 'vitest'
import { importConfig } from '../../../test/imports/classifier.ts'
import { bearerOf, credential } from './credential.ts'
import { importFrom } from './from.ts'
import { s3Source } from './sources/s3.ts'

const digest = `sha256:${'0'.repeat(64)}`
const https = importConfig({ digest, from: { https: { url: 'https://127.0.0.1:1/model.onnx' } } })

describe('a key of a Secret', () => {
  it('is taken without the new line that its file ended in, and is nobody when it is not there', () => {
    expect(bearerOf({ TIDEGATE_IMPORT_TOKEN: 'abc\n' })).toEqual({ authorization: 'Bearer abc' })
    expect(bearerOf({})).toEqual({})
    expect(credential({ AWS_ACCESS_KEY_ID: ' AKIA ' }, 'AWS_ACCESS_KEY_ID')).toBe('AKIA')
  })

  it.each(['SECRET\nSECRET', 'SECRET SECRET', '“SECRET”', 'SECRET\0', ''])('is not told to anybody when it is %j', async token => {
    await expect(importFrom(https, { TIDEGATE_IMPORT_TOKEN: token })).rejects.toThrow(
      /^the key token of the Secret that credentials names is not one word of plain letters: write the Secret again$/,
    )
  })

  it.each(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'])('is named when it is %s', async name => {
    const env = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', [name]: 'SECRET\nSECRET' }
    const said = await s3Source({ bucket: 'models', key: 'a.onnx' }, env).catch((error: Error) => error.message)
    expect(said).toMatch(new RegExp(`^the key ${name} of the Secret`))
    expect(said).not.toContain('SECRET\n')
  })
})
