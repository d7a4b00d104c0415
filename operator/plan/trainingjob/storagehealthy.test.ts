import { describe, expect, it } from 'vitest'
import { storageHealthy } from './storagehealthy.ts'

const at = '2026-01-01T00:00:00Z'
const said = (sizeBytes: number, freeBytes: number) =>
  storageHealthy({ runs: [], storage: { claim: 'iris-artifacts', sizeBytes, freeBytes, at } })

describe('the artifacts claim', () => {
  it('is not spoken of before somebody has measured it', () => {
    expect(storageHealthy({ runs: [] })).toEqual([])
  })

  it('is healthy below 80%', () => {
    expect(said(1000, 201)).toMatchObject([{ status: 'True', reason: 'RoomLeft' }])
  })

  it('is not from 80% on, with the numbers and the next step', () => {
    expect(said(1_000_000, 200_000)).toEqual([
      {
        type: 'StorageHealthy',
        status: 'False',
        reason: 'NearlyFull',
        message:
          '80% of claim iris-artifacts is used, 200,000 of 1,000,000 bytes are free (2026-01-01T00:00:00Z): set spec.retention of the Model, so that old bundles are removed, or use a larger claim',
      },
    ])
  })

  it.each([
    [1, 0, '100%'],
    [10, 20, '0%'],
  ])('of %d bytes with %d free is no surprise', (size, free, used) => {
    expect(said(size, free)[0]?.message).toMatch(new RegExp(`^${used} of claim`))
  })
})
