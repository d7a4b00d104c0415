// The commands that make a Decision: what it is about is read at once, beside the name of whoever asks, so that one round trip precedes it.
import type { Decision } from '../../api/decision.ts'
import type { Model } from '../../api/model.ts'
import type { ModelVersion } from '../../api/modelversion.ts'
import { API_VERSION } from '../../api/resource.ts'
import { decisions, models, modelVersions } from '../../controllers/resources.ts'
import type { KubeObject, ResourceRef } from '../../runtime/shape.ts'
import { awaited, verdictOf } from '../answer.ts'
import { type Cluster, find } from '../cluster.ts'
import { commands, type DecisionName } from '../commands.ts'
import { decisionOf, type Person, type Subject } from '../decision.ts'
import { Failure, UsageError } from '../failure.ts'
import { waitOf } from '../moment.ts'
import type { Verb } from './verb.ts'

const DEFAULT_WAIT = '30s'

export const decide =
  (command: DecisionName): Verb =>
  async ({ cluster, names: [name = ''], flags }) => {
    const waitMs = waitOf(flags.wait ?? DEFAULT_WAIT)
    const [person, subject] = await Promise.all([whoAmI(cluster), subjectOf(cluster, command, name)])
    const spec = decisionOf(command, subject, { person, flags })
    const metadata = { generateName: `${spec.model}-${command}-`, namespace: cluster.namespace }
    // The name is the API server's to give.
    const wanted = { apiVersion: API_VERSION, kind: 'Decision', metadata, spec } as unknown as KubeObject
    const created = (await cluster.client.create(decisions, wanted)) as unknown as Decision
    const seen = await awaited(cluster, created, waitMs)
    const { exitCode, line } = verdictOf(seen, waitMs)
    return { object: seen, text: line, exitCode }
  }

const subjectOf = async (cluster: Cluster, command: DecisionName, name: string): Promise<Subject> => {
  if (commands[command].takes[0] === 'MODEL') return { model: await find<Model>(cluster, models, name) }
  const modelName = modelOf(name)
  const [version, model] = await Promise.all([
    find<ModelVersion>(cluster, modelVersions, name),
    find<Model>(cluster, models, modelName).catch((error: unknown) => error),
  ])
  // An unknown version is what a person should hear of first.
  if (model instanceof Error) throw model
  return { version, model: model as Model }
}

/** A ModelVersion is always called <model>-v<number>. */
const modelOf = (name: string): string => {
  const [, model] = /^(.+)-v[1-9][0-9]*$/.exec(name) ?? []
  if (model === undefined) throw new UsageError(`VERSION is ${JSON.stringify(name)}: give the name of a ModelVersion, such as ${name}-v4`)
  return model
}

const selfReviews: ResourceRef = {
  apiVersion: 'authentication.k8s.io/v1',
  kind: 'SelfSubjectReview',
  plural: 'selfsubjectreviews',
  namespaced: false,
}

/** The name under which the API server knows the request, which may differ from any name in the kubeconfig. */
const whoAmI = async ({ client }: Cluster): Promise<Person> => {
  const review = await client.create(selfReviews, {
    apiVersion: selfReviews.apiVersion,
    kind: selfReviews.kind,
    metadata: {} as KubeObject['metadata'],
  })
  const { username, groups } = (review['status'] as { userInfo?: { username?: string; groups?: string[] } } | undefined)?.userInfo ?? {}
  if (!username) throw new Failure('the API server does not say who you are: check the credentials of the kubeconfig')
  return { username, groups: groups ?? [] }
}
