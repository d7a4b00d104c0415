// Rows on their way to a model: one dense block per ONNX tensor, filled column by column or row by row.
import type { Manifest } from '../../../operator/api/bundle.ts'

export type Block = Float32Array | string[]

export interface Batch {
  rows: number
  /** By name of the ONNX tensor. */
  blocks: Record<string, { width: number; data: Block }>
}

export type Column = Manifest['inputs'][number]

/** Where a column's cells lie: in which tensor, at which place of each row. */
export interface Place {
  column: Column
  tensor: string
  offset: number
}

export interface Signature {
  columns: Column[]
  places: Place[]
  byName: ReadonlyMap<string, Place>
  tensors: { name: string; text: boolean; width: number }[]
  labels: string[]
  /** Whether one FP32 tensor can carry a whole row. */
  numeric: boolean
}

export const signatureOf = ({ inputs, onnx, labels }: Pick<Manifest, 'inputs' | 'onnx' | 'labels'>): Signature => {
  const places = inputs.map(column => {
    const tensor = onnx.inputs.find(t => t.columns?.includes(column.name)) as Manifest['onnx']['inputs'][number]
    return { column, tensor: tensor.name, offset: (tensor.columns as string[]).indexOf(column.name) }
  })
  return {
    columns: inputs,
    places,
    byName: new Map(places.map(place => [place.column.name, place])),
    tensors: onnx.inputs.map(t => ({ name: t.name, text: t.datatype === 'BYTES', width: t.columns?.length ?? 0 })),
    labels,
    numeric: inputs.every(column => column.type === 'number'),
  }
}

export const emptyBatch = (signature: Signature, rows: number): Batch => ({
  rows,
  blocks: Object.fromEntries(
    signature.tensors.map(({ name, text, width }) => {
      const data: Block = text ? new Array<string>(rows * width).fill('') : new Float32Array(rows * width)
      return [name, { width, data }]
    }),
  ),
})

/** Writes one checked cell; a missing number is NaN and a missing text is empty, as the manifest says. */
export const put = (batch: Batch, place: Place, { row, value }: { row: number; value: Cell }) => {
  const block = batch.blocks[place.tensor] as Batch['blocks'][string]
  const at = row * block.width + place.offset
  if (typeof value === 'string') block.data[at] = value
  else block.data[at] = value === null ? (place.column.type === 'number' ? Number.NaN : '') : value
}

export type Cell = number | string | null
