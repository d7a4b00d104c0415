import { describe, expect, it } from 'vitest'
import { nearest } from './nearest.ts'

describe('did you mean', () => {
  const columns = ['sepal_length', 'sepal_width', 'petal_length', 'petal_width']

  it.each([
    ['sepal_widht', 'sepal_width'],
    ['SepalWidth', 'sepal_width'],
    ['petal-length', 'petal_length'],
    ['petal_lenth', 'petal_length'],
  ])('finds the column behind %s', (written, meant) => {
    expect(nearest(written, columns)).toBe(meant)
  })

  it.each(['colour', '', 'x'.repeat(100_000), '__proto__'])('offers nothing for what is unlike every column', written => {
    expect(nearest(written, columns)).toBeUndefined()
  })
})
