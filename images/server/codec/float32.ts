// Writes a float32 with the fewest digits that read back as the same float32: 0.98, not 0.9800000190734863.

const shortest = (value: number) => {
  for (let digits = 6; digits < 9; digits++) {
    const candidate = Number(value.toPrecision(digits))
    if (Math.fround(candidate) === value) return candidate
  }
  return Number(value.toPrecision(9))
}

export const float32 = (value: number): number => (Number.isFinite(value) ? shortest(value) : value)
