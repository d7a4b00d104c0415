import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { contentKey } from './contentkey.ts'

const folder = mkdtempSync(join(tmpdir(), 'contentkey-'))
afterAll(() => rmSync(folder, { recursive: true }))

const file = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}

describe('a content key', () => {
  it('stays when nothing changes, wherever the file lies', () => {
    expect(contentKey(['a'], [file('one', 'x')])).toBe(contentKey(['a'], [file('two', 'x')]))
  })

  it('changes with a byte of a file', () => {
    expect(contentKey([], [file('one', 'x')])).not.toBe(contentKey([], [file('two', 'y')]))
  })

  it('tells where one value ends and the next begins', () => {
    expect(contentKey(['ab', 'c'])).not.toBe(contentKey(['a', 'bc']))
    expect(contentKey(['a'], [])).not.toBe(contentKey([], [file('one', 'a')]))
  })

  it('can be part of an image tag', () => {
    expect(contentKey(['a'])).toMatch(/^[0-9a-f]{12}$/)
  })
})
