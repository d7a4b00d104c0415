import { describe, expect, it } from 'vitest'
import { checkedAddress, shownAddress } from './address.ts'

describe('an address in a spec', () => {
  it.each([
    'https://example.org/a.onnx',
    'http://mlflow:5000',
    'http://mlflow.ml.svc:5000',
    'http://s3.store.svc.cluster.local',
    'http://127.0.0.1:9',
  ])('%s may be asked', written => {
    expect(checkedAddress(written, 'uri').href).toContain(written)
  })

  it.each([
    ['http://example.org', 'uri is http://example.org: use https; http is asked only of Services of this cluster'],
    ['http://169.254.169.254/latest', 'uri is http://169.254.169.254: use https'],
    ['http://[::1]/', 'uri is http://[::1]: use https'],
    ['http://mlflow.ml.svc.example.org', 'uri is http://mlflow.ml.svc.example.org: use https'],
    ['ftp://example.org', 'uri is ftp://example.org: use https'],
    ['https://me:SECRET@example.org', 'uri is no address that can be used'],
    ['nonsense', 'uri is no address that can be used'],
  ])('%s may not', (written, said) => {
    expect(() => checkedAddress(written, 'uri')).toThrow(said)
    expect(() => checkedAddress(written, 'uri')).not.toThrow('SECRET')
  })

  it('is shown without its query, which may be a key', () => {
    expect(shownAddress(new URL('https://example.org/a/b.onnx?X-Amz-Signature=SECRET'))).toBe('https://example.org/a/b.onnx')
  })
})
