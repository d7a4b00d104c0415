import { expect, it } from 'vitest'
import { exchanged, versioned, versionIn } from './exchange.ts'
import type { Recording } from './recording.ts'

const of = { namespace: 'bench-0', name: 'main-0000', uid: 'aaaa', resourceVersion: '17' }
const to = { namespace: 'bench-3', name: 'main-0007', uid: 'bbbb', resourceVersion: '99' }

it('says the same of another service', () => {
  const recording: Recording = {
    of,
    concurrency: 8,
    requests: [
      {
        method: 'PUT',
        path: '/apis/tidegate.io/v1alpha1/namespaces/bench-0/inferenceservices/main-0000/status?fieldManager=tidegate',
        contentType: 'application/json',
        body: '{"metadata":{"namespace":"bench-0","name":"main-0000","uid":"aaaa","resourceVersion":"17"},"host":"main-0000.bench-0"}',
      },
    ],
  }
  expect(exchanged(recording, to)).toEqual([
    {
      method: 'PUT',
      path: '/apis/tidegate.io/v1alpha1/namespaces/bench-3/inferenceservices/main-0007/status?fieldManager=tidegate',
      contentType: 'application/json',
      body: '{"metadata":{"namespace":"bench-3","name":"main-0007","uid":"bbbb","resourceVersion":"99"},"host":"main-0007.bench-3"}',
    },
  ])
})

it('carries the version of the last answer into the next request', () => {
  const next = versionIn('{"kind":"X","metadata":{"name":"a","resourceVersion":"103"}}')
  expect(next).toBe('103')
  expect(versioned('{"metadata":{"resourceVersion":"17"}}', next ?? '')).toBe('{"metadata":{"resourceVersion":"103"}}')
  expect(versionIn('{}')).toBeUndefined()
})
