import { expect, test } from 'vitest'
import { ApiError, isConflict, isVanished } from './errors.ts'

const failure = (status: number, reason: string, message: string) =>
  new ApiError({ attempt: 'PUT inferenceservices/status n/iris', status, reason, message })

test('an object that was deleted meanwhile is told from a kind that the server does not know', () => {
  expect(isVanished(failure(404, 'NotFound', 'inferenceservices.tidegate.io "iris" not found'))).toBe(true)
  expect(isVanished(failure(404, 'NotFound', 'namespaces "gone" not found'))).toBe(true)
  expect(isVanished(failure(404, 'NotFound', 'the server could not find the requested resource'))).toBe(false)
  expect(isVanished(failure(409, 'Conflict', 'the object "iris" not found'))).toBe(false)
  expect(isVanished(new Error('"iris" not found'))).toBe(false)
})

test('a name that is taken is no conflict of versions', () => {
  expect(isConflict(failure(409, 'Conflict', 'the object has been modified'))).toBe(true)
  expect(isConflict(failure(409, 'AlreadyExists', 'iris already exists'))).toBe(false)
})
