// Decides how a move reads as a CloudEvent: the same move of the same Model is the same event, whoever sends it and however often.
import type { Model, Move } from '../api/model.ts'
import { API_VERSION } from '../api/resource.ts'
import { hashOf } from '../plan/model/ledger.ts'
import { whatOf } from './what.ts'

/** CloudEvents 1.0 in JSON, in structured mode. */
export interface CloudEvent {
  specversion: '1.0'
  id: string
  source: string
  type: string
  subject: string
  time: string
  datacontenttype: 'application/json'
  /** Of the extension of this name: the place of the move in the ledger, to be compared as text. */
  sequence: string
  /** Of the extension of this name: a log with partitions keeps the moves of a Model in order. */
  partitionkey: string
  data: Move & { namespace: string; model: string }
}

/** As many digits as the largest count has. */
const DIGITS = 10

/**
 * The uid keeps a Model apart from one of the same name in another cluster, or after it; the number from a second move that reads the same;
 * the hash from another move in the same place, as after etcd was restored.
 */
export const eventOf = ({ metadata }: Model, number: number, move: Move): CloudEvent => {
  const { namespace, name, uid } = metadata
  return {
    specversion: '1.0',
    id: `${uid}-${number}-${hashOf('', [move]).slice(0, 16)}`,
    source: `/apis/${API_VERSION}/namespaces/${namespace}/models/${name}`,
    type: `io.tidegate.model.${whatOf(move)}`,
    subject: `${name}-v${move.version}`,
    time: move.at,
    datacontenttype: 'application/json',
    sequence: String(number).padStart(DIGITS, '0'),
    partitionkey: `${namespace}/${name}`,
    data: { namespace, model: name, ...move },
  }
}
