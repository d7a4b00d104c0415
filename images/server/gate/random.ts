// Numbers that look drawn by chance and are the same for the same seed: what a gate says can be computed again by anybody.

const rotated = (x: number, by: number) => (x << by) | (x >>> (32 - by))

/** Spreads a seed over 32 bits, so that seeds next to each other have nothing in common. */
const splitMix = (seed: number) => {
  let state = seed | 0
  return () => {
    state = (state + 0x9e3779b9) | 0
    let z = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return z ^ (z >>> 15)
  }
}

/** xoshiro128** of Blackman and Vigna: each call gives a number from 0 up to, but not including, 1. */
export const uniforms = (seed: number): (() => number) => {
  const next = splitMix(seed)
  let [a, b, c, d] = [next(), next(), next(), next()]
  return () => {
    const drawn = Math.imul(rotated(Math.imul(b, 5), 7), 9)
    const kept = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= kept
    d = rotated(d, 11)
    return (drawn >>> 0) / 2 ** 32
  }
}
