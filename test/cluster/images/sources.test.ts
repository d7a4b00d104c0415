import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { copiedPaths, sourceFiles } from './sources.ts'

let context = ''
beforeEach(() => {
  context = mkdtempSync(join(tmpdir(), 'context-'))
})
afterEach(() => rmSync(context, { recursive: true }))

const write = (path: string, content = ''): string => {
  const file = join(context, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
  return file
}

describe('the sources of an image', () => {
  it.each([
    ['COPY a b /to/', ['a', 'b']],
    ['copy --chown=1:1 --chmod=0644 ./a/ /to/', ['a']],
    ['COPY ["a b", "/to/"]', ['a b']],
    ['COPY a \\\n  b \\\n  /to/', ['a', 'b']],
    ['ADD rootfs.tar /', ['rootfs.tar']],
    ['COPY --from=build /out /out', []],
    ['# COPY a b', []],
    ['RUN cp COPY a', []],
  ])('of %j are named', (dockerfile, expected) => {
    expect(copiedPaths(dockerfile)).toEqual(expected)
  })

  it('are the files below, but for those that are ignored', () => {
    for (const path of ['app/main.ts', 'app/main.test.ts', 'app/deep/part.ts', 'app/.keep', 'app/.x/node_modules/x/.y', 'docs/page.md'])
      write(path)
    write('.dockerignore', '# comment\n**/node_modules\n**/*.test.ts\n')
    expect(sourceFiles(write('Dockerfile', 'FROM scratch\nCOPY app /app\n'), context)).toEqual([
      'app/.keep',
      'app/deep/part.ts',
      'app/main.ts',
    ])
  })

  it('are let in again by an exception', () => {
    for (const path of ['app/one.ts', 'app/two.ts']) write(path)
    write('.dockerignore', 'app\n!app/two.ts\n')
    expect(sourceFiles(write('Dockerfile', 'COPY . /app'), context)).toEqual(['.dockerignore', 'Dockerfile', 'app/two.ts'])
  })

  it('are found by a pattern', () => {
    for (const path of ['package.json', 'package-lock.json', 'tsconfig.json']) write(path)
    expect(sourceFiles(write('Dockerfile', 'COPY package*.json /app/'), context)).toEqual(['package-lock.json', 'package.json'])
  })
})
