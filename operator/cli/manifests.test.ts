import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { UsageError } from './failure.ts'
import { manifestsOf, mostOne, onlyOne } from './manifests.ts'

const folder = mkdtempSync(join(tmpdir(), 'tidegate-manifests-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const place = (text: string) => {
  const file = join(folder, 'a.yaml')
  writeFileSync(file, text)
  return { file, from: 'FILE' }
}

describe('the manifests of a file', () => {
  it('are found among others, in YAML and in JSON', () => {
    expect(
      manifestsOf(place('# of a template\n---\n# nothing\n---\nkind: Model\n--- # two\nkind: TrainingJob\n')).map(({ kind }) => kind),
    ).toEqual(['Model', 'TrainingJob'])
    expect(mostOne('Model', [], place(''))).toBeUndefined()
    expect(onlyOne('TrainingJob', place('{"kind": "TrainingJob", "metadata": {"name": "a"}}'))).toMatchObject({ name: 'a' })
  })

  it.each([
    ['kind: Model', /FILE is .*a\.yaml, which holds no TrainingJob/],
    ['just words', /which holds no TrainingJob/],
    ['', /which holds no TrainingJob/],
    ['a: [', /which is no YAML: /],
    [
      'kind: TrainingJob\nmetadata: {name: a}\n---\nkind: TrainingJob\n',
      /which holds 2 of kind TrainingJob \(a, \?\): give a file with one of them/,
    ],
  ])('are refused when they are %j', (text, words) => {
    expect(() => onlyOne('TrainingJob', place(text))).toThrow(UsageError)
    expect(() => onlyOne('TrainingJob', place(text))).toThrow(words)
  })

  it('are refused when there is no file', () => {
    expect(() => manifestsOf({ file: join(folder, 'nothing'), from: 'FILE' })).toThrow(/FILE is .*nothing, which cannot be read: ENOENT/)
  })
})
