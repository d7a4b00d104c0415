// Decides whether the artifacts claim has room, by what the last run measured; without a measurement nothing is said.
import type { Observation } from '../../api/conditions.ts'
import type { Book } from './book.ts'

/** Percent of the claim. */
const FULL = 80

export const storageHealthy = ({ storage }: Book): Observation[] => {
  if (!storage) return []
  const { claim, sizeBytes, freeBytes, at } = storage
  const used = Math.min(100, Math.max(0, Math.floor((1 - freeBytes / sizeBytes) * 100)))
  const seen = `${used}% of claim ${claim} is used, ${freeBytes.toLocaleString('en-US')} of ${sizeBytes.toLocaleString('en-US')} bytes are free (${at})`
  if (used < FULL) return [{ type: 'StorageHealthy', status: 'True', reason: 'RoomLeft', message: seen }]
  const next = 'set spec.retention of the Model, so that old bundles are removed, or use a larger claim'
  return [{ type: 'StorageHealthy', status: 'False', reason: 'NearlyFull', message: `${seen}: ${next}` }]
}
