// How the API server words a failure: a Status object.

export interface Failure {
  status: number
  reason?: string
  message?: string
  retryAfterSeconds?: number
}

const reasons: Record<number, string> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  410: 'Expired',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
}

export const statusOf = ({ status, reason, message, retryAfterSeconds }: Failure) => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: message ?? `the fault proxy answers ${status}`,
  reason: reason ?? reasons[status] ?? 'Unknown',
  ...(retryAfterSeconds !== undefined && { details: { retryAfterSeconds } }),
  code: status,
})

/** The line of a watch that ends in a failure. */
export const errorEvent = (failure: Failure): Buffer => Buffer.from(`${JSON.stringify({ type: 'ERROR', object: statusOf(failure) })}\n`)
