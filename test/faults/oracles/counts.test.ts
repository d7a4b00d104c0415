import { describe, expect, it } from 'vitest'
import { writeOf } from '../../cluster/auditlog.ts'
import { countDifference, countsOf } from './counts.ts'

/** A line as the API server writes it. */
const line = (verb: string, resource: string, code = 201, subresource?: string) =>
  JSON.stringify({
    kind: 'Event',
    level: 'Metadata',
    stage: 'ResponseComplete',
    verb,
    user: { username: 'the-operator' },
    objectRef: { resource, subresource, namespace: 'faults-one', name: 'iris-run-1', apiGroup: 'batch' },
    responseStatus: { code },
    requestReceivedTimestamp: '2026-11-21T13:31:40.729861Z',
  })

const counts = (...lines: string[]) => countsOf(lines.map(writeOf).filter(write => write !== undefined))

const reference = counts(line('create', 'jobs'), line('update', 'trainingjobs', 200, 'status'))

describe('the count of creations and deletions', () => {
  it('holds what was granted, and neither refusals nor updates', () => {
    expect(reference).toEqual({ 'jobs iris-run-1': { created: 1, deleted: 0 } })
    expect(countDifference(reference, counts(line('create', 'jobs', 500), line('create', 'jobs'), line('create', 'jobs', 409)))).toEqual([])
    expect(countDifference(reference, counts(line('create', 'jobs'), line('patch', 'jobs', 200), line('delete', 'jobs', 404)))).toEqual([])
  })

  it('finds what was removed and made again, though the end is the same', () => {
    expect(countDifference(reference, counts(line('create', 'jobs'), line('delete', 'jobs', 200), line('create', 'jobs')))).toEqual([
      'jobs iris-run-1: created 1 and deleted 0 times in the reference, created 2 and deleted 1 times now',
    ])
  })

  it('finds what was never made', () => {
    expect(countDifference(reference, {})).toEqual([
      'jobs iris-run-1: created 1 and deleted 0 times in the reference, created 0 and deleted 0 times now',
    ])
  })
})
