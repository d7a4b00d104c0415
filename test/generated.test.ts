import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { kinds } from '../operator/api/kinds.ts'
import { lint } from '../operator/api/lint.ts'
import { listOf, object, text } from '../operator/api/schema.ts'
import { files } from '../operator/generate/files.ts'

const root = join(import.meta.dirname, '..')

describe('generated files', () => {
  it.each([...files()])('%s equals what the definition says; run `npm run generate`', (path, content) => {
    expect(readFileSync(join(root, path), 'utf8')).toBe(content)
  })

  it('leaves no file behind of a kind that is gone', () => {
    const known = new Set([...files().keys()])
    const found = ['crds', 'docs/api'].flatMap(folder => readdirSync(join(root, folder)).map(file => `${folder}/${file}`))
    expect(found.filter(path => !known.has(path))).toEqual([])
  })
})

describe('the API conventions', () => {
  it.each(kinds)('hold for $kind', kind => {
    expect([...lint(kind.spec, 'spec'), ...lint(kind.status, 'status')]).toEqual([])
  })

  it('allow no default where the API server would add it to a list that belongs to who applied it', () => {
    const item = object('An item.', { zone: text('A zone.', { maxLength: 9, default: 'UTC' }) })
    expect(lint(listOf('Items.', item, { maxItems: 2 }), 'spec.items')).toEqual(['spec.items[].zone: a default inside of an atomic list'])
    expect(lint(listOf('Items.', item, { maxItems: 2, key: 'zone' }), 'spec.items')).toEqual([])
  })

  it.each(kinds)('keep $kind small enough for a client-side apply', kind => {
    expect(JSON.stringify(kind).length).toBeLessThan(40_000)
  })
})
