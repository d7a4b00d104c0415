// SHA-256 of a text, in plain arithmetic: plans may not import node:crypto.

const primes = (count: number): number[] => {
  const found: number[] = []
  for (let n = 2; found.length < count; n++) if (found.every(p => n % p !== 0)) found.push(n)
  return found
}

/** The first 32 bits behind the point, as the standard defines its constants. */
const fraction = (root: number): number => ((root % 1) * 2 ** 32) | 0

const constants = primes(64).map(prime => fraction(Math.cbrt(prime)))
const initial = primes(8).map(prime => fraction(Math.sqrt(prime)))

const rotate = (word: number, by: number): number => (word >>> by) | (word << (32 - by))
const at = (words: ArrayLike<number>, index: number): number => words[index] as number

/** The message, a one bit, zeros, and the length in bits, in blocks of 64 bytes. */
const padded = (message: Uint8Array): DataView => {
  const view = new DataView(new ArrayBuffer((((message.length + 8) >> 6) + 1) << 6))
  new Uint8Array(view.buffer).set(message)
  view.setUint8(message.length, 0x80)
  view.setUint32(view.byteLength - 8, Math.floor(message.length / 2 ** 29))
  view.setUint32(view.byteLength - 4, message.length << 3)
  return view
}

const schedule = (view: DataView, offset: number): Int32Array => {
  const w = new Int32Array(64)
  for (let i = 0; i < 16; i++) w[i] = view.getInt32(offset + 4 * i)
  for (let i = 16; i < 64; i++) {
    const [a, b] = [at(w, i - 15), at(w, i - 2)]
    const s0 = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3)
    const s1 = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10)
    w[i] = at(w, i - 16) + s0 + at(w, i - 7) + s1
  }
  return w
}

type State = [number, number, number, number, number, number, number, number]

const compress = (before: number[], w: Int32Array): number[] => {
  let [a, b, c, d, e, f, g, h] = before as State
  for (let i = 0; i < 64; i++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + at(constants, i) + at(w, i)) | 0
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0]
  }
  return [a, b, c, d, e, f, g, h].map((word, i) => (word + at(before, i)) | 0)
}

export const sha256 = (text: string): string => {
  const view = padded(new TextEncoder().encode(text))
  let state = initial
  for (let offset = 0; offset < view.byteLength; offset += 64) state = compress(state, schedule(view, offset))
  return state.map(word => (word >>> 0).toString(16).padStart(8, '0')).join('')
}
