// Walks the wire format of a protobuf message without a schema and without trusting it: every length stays inside its parent.

export interface Field {
  number: number
  /** Of a varint; of anything else 0. */
  value: number
  /** Of a length-delimited field: where its bytes are. Of anything else empty. */
  start: number
  end: number
}

export class MalformedMessage extends Error {}

interface Cursor {
  readonly bytes: Uint8Array
  readonly end: number
  at: number
}

const MAX_VARINT_BYTES = 10

/** Values beyond 2^53 lose their low bits, which is fine: nothing that is decided here is that large. */
const varint = (cursor: Cursor): number => {
  let value = 0
  let factor = 1
  for (let read = 0; read < MAX_VARINT_BYTES; read++) {
    if (cursor.at >= cursor.end) throw new MalformedMessage('a number runs over the end of its message')
    const byte = cursor.bytes[cursor.at++] as number
    value += (byte & 0x7f) * factor
    if (byte < 0x80) return value
    factor *= 128
  }
  throw new MalformedMessage('a number has more than ten bytes')
}

const skip = (cursor: Cursor, length: number) => {
  if (length > cursor.end - cursor.at) throw new MalformedMessage('a field runs over the end of its message')
  cursor.at += length
}

const field = (cursor: Cursor): Field => {
  const key = varint(cursor)
  const number = Math.floor(key / 8)
  if (number === 0 || number > 0x1fffffff) throw new MalformedMessage(`there is no field number ${number}`)
  const wire = key % 8
  if (wire === 0) return { number, value: varint(cursor), start: 0, end: 0 }
  if (wire !== 1 && wire !== 2 && wire !== 5) throw new MalformedMessage(`wire type ${wire} is not used by ONNX`)
  const length = { 1: () => 8, 2: () => varint(cursor), 5: () => 4 }[wire]()
  const start = cursor.at
  skip(cursor, length)
  return { number, value: 0, start, end: wire === 2 ? cursor.at : start }
}

/** The fields of one message, in the order they stand. */
export const fields = function* (bytes: Uint8Array, start = 0, end = bytes.length): Generator<Field> {
  const cursor: Cursor = { bytes, at: start, end }
  while (cursor.at < cursor.end) yield field(cursor)
}

export const textOf = (bytes: Uint8Array, { start, end }: Field) => Buffer.from(bytes.subarray(start, end)).toString('utf8')

/** The numbers of a repeated field: one to itself, or several packed. */
export const numbers = function* (bytes: Uint8Array, { value, start, end }: Field): Generator<number> {
  if (end === 0) return yield value
  const cursor: Cursor = { bytes, at: start, end }
  while (cursor.at < cursor.end) yield varint(cursor)
}
