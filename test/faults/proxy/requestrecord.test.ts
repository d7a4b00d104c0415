import { describe, expect, test } from 'vitest'
import { about, isStream } from './requestrecord.ts'

const read = (method: string, path: string, rest: { contentType?: string; body?: string } = {}) =>
  about({ method, path, contentType: rest.contentType, body: Buffer.from(rest.body ?? '') })

const apply = 'application/apply-patch+yaml'

describe('what a request is about', () => {
  test.each([
    ['GET', '/api/v1/namespaces/n/configmaps/a', { verb: 'get', group: '', resource: 'configmaps', namespace: 'n', name: 'a' }],
    ['GET', '/api/v1/namespaces/n/configmaps?limit=500', { verb: 'list', resource: 'configmaps', namespace: 'n' }],
    ['GET', '/apis/apps/v1/deployments?watch=true&resourceVersion=1', { verb: 'watch', group: 'apps', resource: 'deployments' }],
    ['GET', '/api/v1/namespaces', { verb: 'list', resource: 'namespaces' }],
    ['GET', '/api/v1/namespaces/n', { verb: 'get', resource: 'namespaces', name: 'n' }],
    ['PUT', '/api/v1/namespaces/n/finalize', { verb: 'update', resource: 'namespaces', name: 'n', subresource: 'finalize' }],
    ['PUT', '/apis/g.dev/v1/namespaces/n/things/a/status', { verb: 'update', group: 'g.dev', resource: 'things', subresource: 'status' }],
    ['DELETE', '/apis/batch/v1/namespaces/n/jobs/a', { verb: 'delete', group: 'batch', resource: 'jobs', name: 'a' }],
    ['DELETE', '/apis/batch/v1/namespaces/n/jobs', { verb: 'deletecollection', resource: 'jobs' }],
    ['PATCH', '/apis/batch/v1/namespaces/n/jobs/a', { verb: 'patch', resource: 'jobs', name: 'a' }],
    ['GET', '/readyz', { verb: 'list', group: '', resource: '' }],
    ['GET', '/api/v1/namespaces/n/configmaps/a%2Fb', { name: 'a/b' }],
  ])('%s %s is read', (method, path, expected) => expect(read(method, path)).toMatchObject(expected))

  test('a patch of the server-side kind is an apply, whatever parameters its type carries', () => {
    const path = '/api/v1/namespaces/n/configmaps/a?force=true'
    expect(read('PATCH', path, { contentType: apply, body: '{}' })).toMatchObject({ verb: 'apply', name: 'a', body: '{}' })
    expect(read('PATCH', path, { contentType: `${apply}; charset=utf-8` }).verb).toBe('apply')
  })

  test('the name of a new object is in its body, and a body that cannot be read has none', () => {
    const path = '/api/v1/namespaces/n/configmaps'
    expect(read('POST', path, { body: '{"metadata":{"name":"a"}}' })).toMatchObject({ verb: 'create', name: 'a' })
    expect(read('POST', path, { body: 'kind: ConfigMap' }).name).toBeUndefined()
    expect(read('POST', path, { body: 'null' }).name).toBeUndefined()
  })

  test('watches and logs are told piece by piece, and nothing else', () => {
    const streams = ['/api/v1/pods?watch=1', '/api/v1/namespaces/n/pods/a/log', '/api/v1/pods', '/api/v1/namespaces/n/pods/a']
    expect(streams.map(path => isStream(read('GET', path)))).toEqual([true, true, false, false])
  })
})
