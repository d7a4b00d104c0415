// Decides how a command fails: 2 when it was asked wrongly, 1 for everything else, and in which words.
import { ApiError, causeOf } from '../runtime/errors.ts'

/** What a person can repair by asking differently. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** What the cluster has, lacks or refuses. */
export class Failure extends Error {
  override readonly name = 'Failure'
}

/** A signal ended the command; the exit code is the one that a shell gives for it. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
  readonly exitCode: number

  constructor(message: string, exitCode: number) {
    super(message)
    this.exitCode = exitCode
  }
}

export interface Complaint {
  exitCode: number
  text: string
}

export const complaintOf = (error: unknown): Complaint => {
  if (error instanceof UsageError) return { exitCode: 2, text: error.message }
  if (error instanceof Interrupted) return { exitCode: error.exitCode, text: error.message }
  return { exitCode: 1, text: error instanceof ApiError ? apiComplaint(error) : causeOf(error) }
}

/** The API server's own words, and what to do where they do not say so. */
const apiComplaint = (error: ApiError): string => {
  // For an unknown kind the API server answers with a page, not with a Status.
  if (error.status === 404 && error.reason === 'Unknown')
    return `the cluster does not know what was asked for (${error.attempt}): install the chart of Tidegate first`
  if (error.status === 401) return `${error.detail}: the API server does not accept the credentials of the kubeconfig; log in again`
  if (error.status === 0) return `${error.detail}: check the current context and your network`
  return error.detail
}
