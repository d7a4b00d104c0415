import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { AuditLog } from './auditlog.ts'

let folder = ''
let path = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-audit-'))
  path = join(folder, 'audit.log')
})
afterEach(() => rmSync(folder, { recursive: true }))

const line = (name: string) =>
  `${JSON.stringify({ verb: 'create', user: { username: 'op' }, objectRef: { resource: 'pods', name }, requestReceivedTimestamp: '' })}\n`

it('is marked at the beginning of a line, though the API server is in the middle of one', async () => {
  const half = line('b')
  writeFileSync(path, line('a') + half.slice(0, 40))
  const log = new AuditLog(path, 'op')
  const mark = log.mark()
  // Half a line that ends like a whole one.
  appendFileSync(path, `${half.slice(40)}{"verb":"create","user":{"username":"op"}`)
  expect((await log.operatorWritesSince(mark)).map(({ name }) => name)).toEqual(['b'])
})
