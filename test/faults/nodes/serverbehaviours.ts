// How a server pod can behave: well, broken and honest about it as the real server is, or in ways that no server should.
import type { ServerHealth } from '../../../operator/api/bundle.ts'
import { after, cutShort, endless, type Handler, hang, hangUp, honest, lying, reset, text } from './exchange.ts'
import type { End } from './program.ts'

export interface ServerBehaviour {
  /** It says itself that it does not serve: in /health, in /readyz, and to whoever wants a prediction. */
  refuses?: { reason: NonNullable<ServerHealth['reason']>; message: string }
  /** Answers GET /health in place of the truth. */
  health?: Handler
  /** Answers everything. */
  all?: Handler
  /** What the readiness probe comes to, in place of what the server says; `flapMs`: it turns so often. */
  ready?: boolean | { flapMs: number }
  /** Nobody listens. */
  deaf?: true
  ends?: { afterMs: number; end: End }
}

export const healthy: ServerBehaviour = {}

const other = `sha256:${'f'.repeat(64)}`

/** What the real server says of a bundle that it will not serve; it stays alive and unready. */
export const refusals = {
  'corrupted model': {
    refuses: { reason: 'ModelRefused', message: 'model.onnx is not accepted by the runtime: Protobuf parsing failed.' },
  },
  'digest mismatch': {
    refuses: {
      reason: 'DigestMismatch',
      message: `The bundle has the digest ${other}, but another was asked for. It was changed after it was registered, or registered under a wrong digest: restore it and delete the pod, or train again.`,
    },
  },
  'bundle missing': {
    refuses: {
      reason: 'BundleMissing',
      message: 'The folder of the bundle does not exist. Mount the bundle there, or name its folder in TIDEGATE_BUNDLE.',
    },
  },
  'invalid manifest': { refuses: { reason: 'ManifestInvalid', message: 'manifest.json is not JSON. Run the training again.' } },
  'parity lost': {
    refuses: { reason: 'ParityFailed', message: 'The golden rows could not be answered: the session ended.' },
  },
  'load failed': { refuses: { reason: 'LoadFailed', message: 'The model was not loaded within 60 s.' } },
  'bundle with a link': {
    refuses: { reason: 'BundleRefused', message: 'model.onnx is a link or a device: a bundle holds regular files only.' },
  },
  'workers lost': { refuses: { reason: 'WorkersLost', message: 'Every worker thread ended; they are being replaced.' } },
  'loading for ever': { refuses: { reason: 'Loading', message: 'The model is being loaded.' } },
} as const satisfies Record<string, ServerBehaviour>

/** The pod is ready by its probe unless `ready` says otherwise, so that nothing but the answer to /health can give it away. */
export const misbehaviours = {
  'health hangs': { health: hang },
  'everything hangs': { all: hang, ready: false },
  'status 500': { health: text({ status: 500, body: '{"error":"internal"}' }) },
  'status 503 for ever': { health: text({ status: 503, body: 'upstream unavailable', headers: { 'content-type': 'text/plain' } }) },
  'answers after 5 s': { health: after(5000, honest) },
  'wrong version': { health: lying(() => ({ model_version: '999' })) },
  'wrong digest': { health: lying(() => ({ digest: other })) },
  'wrong model': { health: lying(() => ({ model_name: 'another-model', digest: other })) },
  'no digest': { health: lying(() => ({ digest: undefined })) },
  'digest of no known form': { health: lying(() => ({ digest: 'md5:0' })) },
  'readiness flaps': { ready: { flapMs: 700 } },
  'health flaps': {
    health: exchange => (exchange.asked % 2 === 0 ? honest(exchange) : text({ status: 500, body: '{}' })(exchange)),
  },
  'wrong body': { health: text({ body: '{"ok":true,"version":[1,2,3]}' }) },
  'a list for a body': { health: text({ body: '[]' }) },
  'null for a body': { health: text({ body: 'null' }) },
  'page in place of JSON': { health: text({ body: '<html><body>It works!</body></html>', headers: { 'content-type': 'text/html' } }) },
  'empty body': { health: text({ body: '' }) },
  'no content': { health: text({ status: 204, body: '' }) },
  'oversized answer': { health: lying(() => ({ message: 'x'.repeat(4 * 1024 * 1024) })) },
  'endless answer': { health: endless('x'.repeat(16_384), 1) },
  'a byte now and then': { health: endless('x', 200) },
  redirect: { health: text({ status: 302, body: '', headers: { location: 'http://127.0.0.1:1/health' } }) },
  'redirect to itself': { health: text({ status: 307, body: '', headers: { location: '/health' } }) },
  'truncated JSON': { health: exchange => text({ body: JSON.stringify(exchange.truth).slice(0, -9) })(exchange) },
  'fewer bytes than announced': { health: cutShort },
  'wrong content type': {
    health: exchange => text({ body: JSON.stringify(exchange.truth), headers: { 'content-type': 'text/plain' } })(exchange),
  },
  'closes the connection': { health: hangUp },
  'resets the connection': { health: reset },
  'refuses connections': { deaf: true, ready: false },
  'ready, but refuses connections': { deaf: true, ready: true },
  'crash loop': { ends: { afterMs: 50, end: { exitCode: 1, reason: 'Error', message: 'Error: Cannot find module codec.ts' } } },
  'healthy, then out of memory': { ends: { afterMs: 1200, end: { exitCode: 137, reason: 'OOMKilled' } } },
  'ends with success': { ends: { afterMs: 50, end: { exitCode: 0, reason: 'Completed' } } },
  'healthy, but never ready': { ready: false },
  'ready, but degraded': {
    refuses: { reason: 'ModelRefused', message: 'model.onnx has no graph.' },
    ready: true,
  },
  'degraded without a reason': { health: lying(() => ({ status: 'degraded', digest: undefined })), ready: false },
  'deep JSON': { health: text({ body: `${'['.repeat(30_000)}${']'.repeat(30_000)}` }) },
  'deep JSON in a field': {
    health: exchange => text({ body: `{"status":"healthy","message":${'{"a":'.repeat(5000)}1${'}'.repeat(5001)}` })(exchange),
  },
  'huge header': {
    health: exchange => text({ body: JSON.stringify(exchange.truth), headers: { 'x-huge': 'x'.repeat(60_000) } })(exchange),
  },
  'message with control characters': {
    health: text({
      status: 503,
      body: JSON.stringify({ status: 'degraded', reason: 'LoadFailed', message: 'broken\u0000\u001b[31m\r\n\u202egnirts\ud800' }),
    }),
    ready: false,
  },
} as const satisfies Record<string, ServerBehaviour>
