// What the main thread and a worker say to each other.
import type { Manifest } from '../../../operator/api/bundle.ts'
import type { RefusalReason } from '../bundle/refusal.ts'
import type { Batch } from '../codec/batch.ts'

/** One label index per row; probabilities row by row, one per label. */
export interface Answer {
  labels: Int32Array
  probabilities: Float32Array
}

export interface Loaded {
  digest: string
  manifest: Manifest
  model: SharedArrayBuffer
}

export type ToWorker =
  | { kind: 'load'; folder: string; digest: string | undefined }
  | { kind: 'open'; loaded: Loaded }
  /** Opens a model whose answers are not known yet. */
  | { kind: 'probe'; loaded: Loaded }
  | { kind: 'run'; id: number; batch: Batch }

export type FromWorker =
  | { kind: 'loaded'; loaded: Loaded }
  | { kind: 'refused'; reason: RefusalReason; message: string }
  | { kind: 'answer'; id: number; answer: Answer }
  | { kind: 'failed'; id: number; message: string }
