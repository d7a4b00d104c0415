import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { followAudit, millisecondsOf } from './audittail.ts'

const line = (name: string) =>
  `${JSON.stringify({
    verb: 'update',
    user: { username: 'ä' },
    objectRef: { resource: 'inferenceservices', subresource: 'status', namespace: 'n', name },
    responseStatus: { code: 200 },
    requestReceivedTimestamp: '2026-11-21T10:00:00.000250Z',
    stageTimestamp: '2026-11-21T10:00:00.004500Z',
  })}\n`

it('reads a log that grows, half lines included', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-audit-'))
  const path = join(folder, 'audit.log')
  const bytes = Buffer.from(line('b'))
  const middle = bytes.indexOf('ä') + 1
  try {
    writeFileSync(path, line('a'))
    const tail = followAudit(path)
    expect(tail.refresh()).toBe(1)
    appendFileSync(path, bytes.subarray(0, middle))
    expect(tail.refresh()).toBe(1)
    appendFileSync(path, bytes.subarray(middle))
    expect(tail.refresh()).toBe(2)
    tail.close()
    expect(tail.writes[1]).toMatchObject({ user: 'ä', resource: 'inferenceservices/status', name: 'b', code: 200 })
    const [{ receivedAt, endedAt } = { receivedAt: 0, endedAt: 0 }] = tail.writes
    expect(endedAt - receivedAt).toBeCloseTo(4.25, 3)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

it('keeps the microseconds of a timestamp', () => {
  expect(millisecondsOf('1970-01-01T00:00:01.234567Z')).toBeCloseTo(1234.567, 3)
  expect(millisecondsOf('1970-01-01T00:00:01Z')).toBe(1000)
})
