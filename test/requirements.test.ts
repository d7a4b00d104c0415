import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { read } from './documents.ts'
import { root } from './sources.ts'

const page = read('docs/requirements.md')
const lines = [...page.matchAll(/^\| (S\d-\d+) \| (.+?) \| (.+?) \| (.*?) ?\|$/gm)].map(
  ([, number = '', asks = '', state = '', shown = '']) => ({
    number,
    asks,
    state,
    shownBy: [...shown.matchAll(/\]\(\.\.\/([^)]+)\)/g)].map(([, path = '']) => path),
  }),
)

describe('the page of requirements', () => {
  it('has one line per requirement, each settled, in part, or later', () => {
    expect(lines.length).toBeGreaterThan(100)
    expect(new Set(lines.map(line => line.number)).size).toBe(lines.length)
    expect(lines.filter(line => !/^(settled|in part: \S|later, )/.test(line.state))).toEqual([])
  })

  it('counts them as they are', () => {
    const count = (word: string): number => lines.filter(line => line.state.startsWith(word)).length
    const told = /Of (\d+) lines, (\d+) are settled, (\d+) in part, and (\d+) wait/.exec(page)?.slice(1).map(Number)
    expect(told).toEqual([lines.length, count('settled'), count('in part'), count('later')])
  })

  it('shows each that is settled or begun by something that exists', () => {
    const begun = lines.filter(line => !line.state.startsWith('later'))
    expect(begun.filter(line => line.shownBy.length === 0)).toEqual([])
    expect(begun.flatMap(line => line.shownBy).filter(path => !existsSync(join(root, path)))).toEqual([])
  })
})
