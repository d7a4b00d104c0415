// Decides which failures of the API server mean what; only the client throws them.

export interface Failure {
  /** `PATCH deployments n/iris`: what was tried, never a header or a body. */
  attempt: string
  /** HTTP status; 0 when no answer came. */
  status: number
  reason: string
  message: string
  retryAfterSeconds?: number
  cause?: unknown
}

export class ApiError extends Error {
  readonly attempt: string
  readonly status: number
  readonly reason: string
  /** What the server said, alone: fit for a condition. */
  readonly detail: string
  readonly retryAfterSeconds: number | undefined

  constructor(failure: Failure) {
    super(`${failure.attempt}: ${failure.status || 'no answer'} ${failure.reason}: ${failure.message}`, { cause: failure.cause })
    this.name = 'ApiError'
    this.attempt = failure.attempt
    this.status = failure.status
    this.reason = failure.reason
    this.detail = failure.message
    this.retryAfterSeconds = failure.retryAfterSeconds
  }
}

const isApiError = (error: unknown): error is ApiError => error instanceof ApiError

export const isGone = (error: unknown): boolean => isApiError(error) && (error.status === 410 || error.reason === 'Expired')
export const isNotFound = (error: unknown): boolean => isApiError(error) && error.status === 404
/** The object itself is gone, or its namespace; a kind that the server does not know reads otherwise. */
export const isVanished = (error: unknown): boolean => isApiError(error) && error.status === 404 && /"[^"]+" not found$/.test(error.detail)
export const isAlreadyExists = (error: unknown): boolean => isApiError(error) && error.reason === 'AlreadyExists'
/** The precondition failed: somebody wrote in between, so look again. */
export const isConflict = (error: unknown): boolean => isApiError(error) && error.status === 409 && error.reason !== 'AlreadyExists'
/** Quota, admission, permission, validation: the same request gets the same answer until somebody acts. */
export const isRefused = (error: unknown): boolean => isApiError(error) && [400, 403, 413, 422].includes(error.status)

/** One line for logs and conditions: the message of an error and of its causes. */
export const causeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error && typeof error.code === 'string' && !error.message.includes(error.code) ? ` (${error.code})` : ''
  const cause = error.cause === undefined ? '' : `: ${causeOf(error.cause)}`
  return `${error.message}${code}${cause}`
}
