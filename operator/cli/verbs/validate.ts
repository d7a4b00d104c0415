// validate: the data checks of a TrainingJob in a file, made where its rows are; nothing is trained, and nothing is left.
import { randomInt } from 'node:crypto'
import { exitCode } from '../../api/contract.ts'
import { API_VERSION } from '../../api/resource.ts'
import { claims, trainingJobs } from '../../controllers/resources.ts'
import { ApiError, isAlreadyExists, isRefused } from '../../runtime/errors.ts'
import type { Cluster } from '../cluster.ts'
import { UsageError } from '../failure.ts'
import { follow, sweep, type Watching } from '../following.ts'
import { type Manifest, onlyOne } from '../manifests.ts'
import { waitOf } from '../moment.ts'
import { plain, table } from '../table.ts'
import { asWritten, claimOf, type Outcome, refusal, validationOf, type Written, withFallback } from '../validation.ts'
import type { Request, Result, Verb } from './verb.ts'

const DEFAULT_WAIT = '10m'
/** Shorter than what is left behind is left alone. */
const LONGEST_WAIT_MS = 12 * 3_600_000

export const validate: Verb = async request => {
  const waitMs = longWaitOf(request.flags.wait ?? DEFAULT_WAIT)
  const [file = ''] = request.names
  const manifest = onlyOne('TrainingJob', { file, from: 'FILE' })
  const cluster = { ...request.cluster, namespace: namespaceOf(request, manifest) }
  const { name } = manifest
  if (!name) return resultOf('TrainingJob', refusal('ConfigInvalid', 'metadata.name is missing: give the TrainingJob a name'))
  const written = { name, namespace: cluster.namespace, spec: manifest.spec } as Written
  const refused = await misfit(cluster, manifest, written)
  if (refused) return resultOf(name, refused)
  const outcome = (await missingClaim(cluster, written)) ?? (await checked({ ...request, cluster, waitMs }, written))
  return resultOf(name, withFallback(outcome, written))
}

const checked = async (watching: Watching, written: Written): Promise<Outcome> => {
  await sweep(watching.cluster)
  return await follow(watching, validationOf(written, randomSuffix()))
}

const longWaitOf = (written: string): number => {
  const waitMs = waitOf(written)
  if (waitMs > 0 && waitMs <= LONGEST_WAIT_MS) return waitMs
  throw new UsageError(`--wait is ${JSON.stringify(written)}: the checks are worth nothing without their answer; write 10m, at most 12h`)
}

/** As kubectl has it: a namespace in the file stands, and a flag may not contradict it. */
const namespaceOf = ({ cluster, flags }: Request, { namespace: inFile }: Manifest): string => {
  if (inFile !== undefined && flags.namespace !== undefined && inFile !== flags.namespace)
    throw new UsageError(`--namespace is ${flags.namespace}, and the file says ${inFile}: leave one of them out`)
  return inFile ?? cluster.namespace
}

/** What the API server has against the TrainingJob as it stands in the file. That it exists already is nothing against it. */
const misfit = async ({ client }: Cluster, manifest: Manifest, written: Written): Promise<Outcome | undefined> => {
  if (manifest.apiVersion !== API_VERSION)
    return refusal('ConfigInvalid', `apiVersion is ${JSON.stringify(manifest.apiVersion)}: write ${API_VERSION}`)
  try {
    await client.rehearse(trainingJobs, asWritten(written))
  } catch (error) {
    if (error instanceof ApiError && [400, 422].includes(error.status)) return refusal('ConfigInvalid', error.detail)
    if (!isAlreadyExists(error)) throw error
  }
  return undefined
}

/** A run would make the claim, find it empty, and say the same; who may not look at claims learns it later. */
const missingClaim = async ({ client, namespace }: Cluster, written: Written): Promise<Outcome | undefined> => {
  const name = claimOf(written)
  if (name === undefined) return undefined
  const isThere = await client.get(claims, { namespace, name }).catch((error: unknown) => {
    if (isRefused(error)) return true
    throw error
  })
  if (isThere) return undefined
  const next = 'make it and put the file on it, or name another one in spec.data.source.csv.claim'
  return refusal('DataMissing', `claim ${name} does not exist in namespace ${namespace}: ${next}`)
}

const LETTERS = 'bcdfghjklmnpqrstvwxz'

/** Letters only: a name must not end like that of a version. */
const randomSuffix = (): string => Array.from({ length: 5 }, () => LETTERS[randomInt(LETTERS.length)]).join('')

const codeOf = ({ verdict, reason }: Outcome): number => {
  if (verdict === 'Valid') return exitCode.done
  if (verdict === 'Unknown') return 1
  return reason === 'ChecksRefused' ? exitCode.checksRefused : exitCode.badInput
}

const resultOf = (trainingJob: string, outcome: Outcome): Result => {
  const object = { trainingJob, ...outcome }
  const code = codeOf(outcome)
  if (code !== 0) return { object, exitCode: code, text: plain(`${trainingJob}: ${outcome.reason}: ${outcome.message}`) }
  return { object, text: `${trainingJob}: the rows are valid\n\n${table(['WHAT', 'FOUND'], rowsOf(outcome))}` }
}

const rowsOf = ({ data, message }: Outcome): string[][] =>
  [
    ['source', data?.described ?? message],
    ['rows', `${count(data?.rows)}: ${count(data?.trainRows)} to train on, ${count(data?.testRows)} to test on`],
    ['columns', count(data?.columns)],
    ['classes', count(data?.classes)],
    ['digest', data?.digest ?? ''],
    ['note', data?.message ?? ''],
  ].filter(([, found]) => found !== '')

const count = (value: number | undefined): string => value?.toLocaleString('en-US') ?? ''
