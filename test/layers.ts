// The layer table: who may import whom. A test enforces it in both directions: no import without a row, no row without an import.

export interface Layer {
  /** A folder (ending in /) or a file; the longest match decides. */
  of: string
  /** Folders (ending in /), files, packages, or `node:` for all modules of Node. */
  may: readonly string[]
  /** What may be imported with `import type` only. */
  types?: readonly string[]
}

const PLAN = ['operator/api/', 'operator/plan/shape.ts', 'operator/plan/observed.ts']
const SHAPE = ['operator/runtime/shape.ts']
const CONTRACT = ['operator/api/bundle.ts', 'operator/api/contract.ts', 'operator/api/validate.ts']

export const layers: readonly Layer[] = [
  // What users write.
  { of: 'operator/api/', may: ['operator/api/'] },
  { of: 'operator/api/cron.ts', may: ['croner'] },
  { of: 'operator/generate/', may: ['operator/api/', 'operator/generate/', 'yaml'] },
  { of: 'operator/generate.ts', may: ['operator/generate/', 'node:'] },
  // What is published of it.
  { of: 'operator/packaging/', may: ['node:', 'esbuild'] },
  { of: 'operator/pack.ts', may: ['operator/generate/yaml.ts', 'operator/packaging/', 'node:'] },
  // What should be: pure, and one kind does not know the other.
  { of: 'operator/plan/shape.ts', may: [], types: ['operator/api/', ...SHAPE] },
  { of: 'operator/plan/observed.ts', may: [], types: SHAPE },
  { of: 'operator/plan/sha256.ts', may: [] },
  { of: 'operator/plan/pods/', may: ['operator/api/', 'operator/plan/shape.ts', 'operator/plan/observed.ts', 'operator/plan/pods/'] },
  {
    of: 'operator/plan/trainingjob/',
    may: [...PLAN, 'operator/plan/sha256.ts', 'operator/plan/calendar/', 'operator/plan/pods/', 'operator/plan/trainingjob/'],
    types: SHAPE,
  },
  { of: 'operator/plan/calendar/', may: ['operator/api/'] },
  {
    of: 'operator/plan/model/',
    may: [...PLAN, 'operator/plan/sha256.ts', 'operator/plan/calendar/', 'operator/plan/pods/', 'operator/plan/model/'],
    types: SHAPE,
  },
  { of: 'operator/plan/inferenceservice/', may: [...PLAN, 'operator/plan/pods/', 'operator/plan/inferenceservice/'], types: SHAPE },
  // What pods say about themselves.
  {
    of: 'operator/pods/',
    may: ['operator/api/', 'operator/pods/', 'operator/plan/pods/ready.ts', 'undici'],
    types: ['operator/plan/observed.ts'],
  },
  // What a tracking server is to show, and how it comes to show it.
  {
    of: 'operator/tracking/',
    may: [
      'operator/api/',
      'operator/tracking/',
      'operator/plan/model/registry.ts',
      'operator/runtime/backoff.ts',
      'operator/runtime/clock.ts',
      'operator/runtime/errors.ts',
      'operator/runtime/queue.ts',
    ],
    types: ['operator/config.ts', 'operator/runtime/'],
  },
  // What a sink is to be told of the moves, and how it comes to be told.
  {
    of: 'operator/cloudevents/',
    may: [
      'operator/api/',
      'operator/cloudevents/',
      'operator/plan/model/ledger.ts',
      'operator/plan/model/moves.ts',
      'operator/plan/model/registry.ts',
      'operator/runtime/backoff.ts',
      'operator/runtime/clock.ts',
      'operator/runtime/errors.ts',
      'operator/runtime/queue.ts',
      'node:',
      'prom-client',
      'undici',
    ],
    types: ['operator/config.ts', 'operator/plan/model/status.ts', 'operator/runtime/'],
  },
  // How it is done: knows no kind of ours.
  { of: 'operator/runtime/', may: ['operator/runtime/', 'node:', '@kubernetes/client-node', 'pino', 'prom-client', 'undici'] },
  // Who calls whom: the controller of one kind does not know the one of another.
  {
    of: 'operator/controllers/',
    may: [
      'operator/api/',
      'operator/plan/',
      'operator/runtime/',
      'operator/pods/',
      'operator/controllers/refusedpods.ts',
      'operator/controllers/resources.ts',
      'operator/controllers/versions.ts',
    ],
    types: ['operator/cloudevents/book.ts', 'operator/tracking/book.ts'],
  },
  {
    of: 'operator/controllers/all.ts',
    may: ['operator/controllers/', 'operator/pods/', 'operator/tracking/book.ts'],
    types: ['operator/cloudevents/book.ts', 'operator/config.ts', 'operator/runtime/'],
  },
  // What people type: it reads as the operator does, and decides nothing.
  {
    of: 'operator/cli/',
    may: [
      'operator/api/',
      'operator/cli/',
      'operator/controllers/resources.ts',
      'operator/plan/model/',
      'operator/runtime/',
      'node:',
      '@kubernetes/client-node',
    ],
  },
  { of: 'operator/config.ts', may: ['node:'] },
  {
    of: 'operator/main.ts',
    may: [
      'operator/api/contract.ts',
      'operator/cloudevents/book.ts',
      'operator/config.ts',
      'operator/controllers/all.ts',
      'operator/runtime/',
      'node:',
      '@kubernetes/client-node',
      'prom-client',
    ],
  },
  // The model server knows the contract, not the operator; only its session knows the library that runs models.
  { of: 'images/server/', may: ['images/server/', ...CONTRACT, 'node:', 'fastify', 'pino', 'prom-client'] },
  // The statistics of gates know no bundle and no process; the program that uses them knows all of the server.
  { of: 'images/server/gate/', may: ['images/server/gate/', 'node:'], types: ['operator/api/bundle.ts'] },
  { of: 'images/server/gaterun/', may: ['images/server/', 'operator/api/', 'node:'] },
  { of: 'images/server/gate.ts', may: ['images/server/gaterun/', 'operator/api/contract.ts', 'node:'] },
  { of: 'images/server/import/', may: ['images/server/', 'operator/api/', 'node:', 'aws4fetch'] },
  { of: 'images/server/import.ts', may: ['images/server/import/', 'operator/api/contract.ts', 'node:'] },
  { of: 'images/server/cleanup/', may: ['images/server/', 'operator/api/', 'node:'] },
  { of: 'images/server/session/', may: ['images/server/', 'operator/api/bundle.ts', 'node:', 'onnxruntime-node'] },
  // Measures what is shipped, with the clusters and processes of the tests.
  { of: 'bench/', may: ['bench/', 'operator/', 'test/', 'node:', '@kubernetes/client-node'] },
]

/** Entries: they import, nobody imports them. */
export const entries: readonly string[] = [
  'operator/main.ts',
  'operator/cli/main.ts',
  'operator/generate.ts',
  'operator/pack.ts',
  'images/server/main.ts',
  'images/server/gate.ts',
  'images/server/import.ts',
  'images/server/cleanup/cleanup.ts',
  'bench/bench.ts',
]

export const layerOf = (path: string): Layer | undefined =>
  layers.filter(layer => matches(layer.of, path)).toSorted((a, b) => b.of.length - a.of.length)[0]

export const matches = (pattern: string, target: string): boolean =>
  pattern === target || ((pattern.endsWith('/') || pattern === 'node:') && target.startsWith(pattern))
