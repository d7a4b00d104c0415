// The short hashes by which rows of two versions are recognised: those of the training rows, and those of the test rows.
import { Unusable } from './unusable.ts'

const BYTES = 8

/** Of each row the first eight bytes of its hash, sorted, as the trainer wrote them. */
export const trainedRows = (bytes: Uint8Array, counted: number | undefined): BigUint64Array => {
  if (bytes.length === 0) throw new Unusable('is empty: it is not known which rows the version was trained on')
  if (bytes.length % BYTES !== 0) throw new Unusable(`has ${bytes.length} bytes, which are no whole hashes of ${BYTES}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const hashes = BigUint64Array.from({ length: bytes.length / BYTES }, (_, i) => view.getBigUint64(i * BYTES))
  if (hashes.some((hash, i) => i > 0 && hash < (hashes[i - 1] as bigint))) throw new Unusable('is not sorted')
  if (counted !== undefined && counted !== hashes.length)
    throw new Unusable(`has ${hashes.length} hashes; the manifest counts ${counted} training rows`)
  return hashes
}

/** The same of hashes that are written out. */
export const shortened = (hashes: readonly string[]): BigUint64Array =>
  BigUint64Array.from(hashes, hash => BigInt(`0x${hash.slice(0, 2 * BYTES)}`))
