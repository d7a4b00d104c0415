import { expect, it } from 'vitest'
import { boundOf, sumOf } from './metricspage.ts'

const page = (below: number, all: number) => `# HELP wait How long.
wait_bucket{le="0.1",name="a"} ${below}
wait_bucket{le="1",name="a"} ${below + 1}
wait_bucket{le="+Inf",name="a"} ${all}
wait_bucket{le="0.1",name="b"} 1000
depth{name="a"} 2
depth{name="b"} 3
plain 7
`

it('sums the series that carry the labels asked for', () => {
  expect(sumOf(page(0, 0), 'depth')).toBe(5)
  expect(sumOf(page(0, 0), 'depth', { name: 'b' })).toBe(3)
  expect(sumOf(page(0, 0), 'plain')).toBe(7)
  expect(sumOf(page(0, 0), 'absent')).toBe(0)
})

it('tells the bound of what came between two pages', () => {
  const wait = { name: 'wait', labels: { name: 'a' } }
  const pages = { before: page(10, 11), after: page(109, 111) }
  expect(boundOf(pages, 0.99, wait)).toBe(0.1)
  expect(boundOf(pages, 1, wait)).toBe(Number.POSITIVE_INFINITY)
})
