// The catalogue of everything the server may refuse or fail at: one code, one status, whether a client should come back.

export const problems = {
  InvalidJson: { status: 400 },
  InvalidRequest: { status: 400 },
  MissingFeatures: { status: 400 },
  WrongCount: { status: 400 },
  WrongType: { status: 400 },
  OutOfRange: { status: 400 },
  UnknownCategory: { status: 400 },
  UnknownField: { status: 400 },
  MissingField: { status: 400 },
  EmptyInstances: { status: 400 },
  MixedShapes: { status: 400 },
  TooManyRows: { status: 400 },
  WrongShape: { status: 400 },
  NotFound: { status: 404 },
  MethodNotAllowed: { status: 405 },
  RequestTimeout: { status: 408 },
  BodyTooLarge: { status: 413 },
  UnsupportedMediaType: { status: 415 },
  HeadersTooLarge: { status: 431 },
  QueueFull: { status: 429, retryAfterSeconds: 1 },
  InternalError: { status: 500 },
  ModelNotReady: { status: 503, retryAfterSeconds: 5 },
  WorkerLost: { status: 503, retryAfterSeconds: 1 },
  DeadlineExceeded: { status: 504 },
} as const satisfies Record<string, { status: number; retryAfterSeconds?: number }>

export type ProblemCode = keyof typeof problems

export class Problem extends Error {
  readonly code: ProblemCode
  readonly field: string | undefined

  constructor(code: ProblemCode, message: string, field?: string) {
    super(message)
    this.name = 'Problem'
    this.code = code
    this.field = field
  }
}

/** The body of an answer that is not 2xx; under /v2 the Open Inference Protocol allows one string and nothing else. */
export const problemBody = (problem: Problem, { id, url }: { id: string; url: string }) =>
  /^\/v2([/?]|$)/.test(url)
    ? { error: problem.message }
    : { error: problem.message, code: problem.code, ...(problem.field !== undefined && { field: problem.field }), request_id: id }
