// copy: a version of one namespace becomes a version of another one, which imports the same bundle.
import type { Model } from '../../api/model.ts'
import type { ModelVersion } from '../../api/modelversion.ts'
import { claims, models, modelVersions } from '../../controllers/resources.ts'
import { sourceWords } from '../../plan/model/importing/words.ts'
import { isAlreadyExists, isRefused } from '../../runtime/errors.ts'
import type { KubeObject, ResourceRef } from '../../runtime/shape.ts'
import type { Flags } from '../arguments.ts'
import { type Cluster, find } from '../cluster.ts'
import { copyOf, nextNumber, sourceOf } from '../copying.ts'
import { Failure, UsageError } from '../failure.ts'
import { printed } from '../print.ts'
import { short, versionsOf } from '../versions.ts'
import type { Result, Verb } from './verb.ts'

/** How often somebody may be faster in taking a number. */
const MOST_TRIES = 5

export const copy: Verb = async ({ cluster, names: [name = ''], flags }) => {
  const there = { ...cluster, namespace: flags.to ?? '' }
  if (there.namespace === cluster.namespace) throw new UsageError(`--to is ${flags.to}, where ${name} is already: name another namespace`)
  const version = await find<ModelVersion>(cluster, modelVersions, name)
  const from = sourceOf(version, flags)
  const claim = flags.claim ?? version.spec.artifact.claim
  const place = { namespace: there.namespace, claim }
  const model = await modelOf(there, version.spec.model)
  const plan = async () => copyOf(version, from, { ...place, number: nextNumber(model, await versionsOf(there, version.spec.model)) })
  const said = { from: sourceWords(from), notes: model ? [] : [noModel(version, there)] }
  if (flags['dry-run']) return dryRun(await plan(), said.notes)
  await needClaim(there, claim, flags)
  return resultOf(await created(there, plan), said)
}

/** Undefined when there is none. It knows numbers of versions that are gone: who may not read it cannot take one. */
const modelOf = async (there: Cluster, name: string): Promise<Model | undefined> =>
  (await seen(there, models, name)) as unknown as Model | undefined

const seen = ({ client, namespace }: Cluster, resource: ResourceRef, name: string): Promise<KubeObject | undefined> =>
  client.get(resource, { namespace, name })

const noModel = ({ spec }: ModelVersion, { namespace }: Cluster): string =>
  `Namespace ${namespace} has no Model ${spec.model}: no gate judges the version, and nobody serves it by stage, until it has one.`

/** A pod of the import would wait for it in silence. */
const needClaim = async (there: Cluster, claim: string, { claim: asked }: Flags): Promise<void> => {
  const isThere = await seen(there, claims, claim).catch((error: unknown) => {
    if (isRefused(error)) return true
    throw error
  })
  if (isThere) return
  const next = asked ? 'make it first' : 'make it first, or name another one with --claim'
  throw new Failure(`namespace ${there.namespace} has no claim ${claim} for the bundle: ${next}`)
}

const created = async ({ client }: Cluster, plan: () => Promise<KubeObject>): Promise<KubeObject> => {
  for (let tries = 1; ; tries++) {
    try {
      return await client.create(modelVersions, await plan())
    } catch (error) {
      if (!isAlreadyExists(error) || tries === MOST_TRIES) throw error
    }
  }
}

const dryRun = (object: KubeObject, notes: readonly string[]): Result => ({
  object,
  text: [printed(object, 'yaml'), ...notes.map(note => `# ${note}`)].join('\n'),
})

const resultOf = (object: KubeObject, { from, notes }: { from: string; notes: readonly string[] }): Result => {
  const { name, namespace } = object.metadata
  const { digest } = object['spec'] as ModelVersion['spec']
  const lines = [
    `modelversion ${name} in namespace ${namespace}: made, from ${from}, bundle ${short(digest)}`,
    `Follow it with: kubectl get mv ${name} -n ${namespace} -w`,
    ...notes,
  ]
  return { object, text: lines.join('\n') }
}
