// status: the ladder of a model, who holds it, what a person decided about it, and what waits why.
import type { Model } from '../../api/model.ts'
import type { ModelVersion } from '../../api/modelversion.ts'
import { models } from '../../controllers/resources.ts'
import { ARCHIVED } from '../../plan/model/moves.ts'
import { find } from '../cluster.ts'
import { ladderOf, standing } from '../ladder.ts'
import { age } from '../moment.ts'
import { plain, table } from '../table.ts'
import { versionsOf, why } from '../versions.ts'
import type { Verb } from './verb.ts'

const mostWaiting = 20

export const status: Verb = async ({ cluster, names: [name = ''] }) => {
  const [model, versions] = await Promise.all([find<Model>(cluster, models, name), versionsOf(cluster, name)])
  const now = cluster.clock.now()
  const waiting = versions.filter(version => isWaiting(model, version))
  const parts = [
    headline(model),
    ladder(model, now),
    waiting.length > 0 ? `Waiting:\n${waitingTable(model, waiting)}` : 'No version waits.',
    ...rejected(model, now),
  ]
  return { object: { model, waiting }, text: parts.join('\n\n') }
}

const headline = ({ metadata, status: said }: Model): string => {
  const ready = said?.conditions?.find(({ type }) => type === 'Ready')
  return plain(
    `${metadata.name}: ${ready ? `${ready.status === 'True' ? '' : `${ready.reason}: `}${ready.message}` : 'not looked at by the operator yet'}`,
  )
}

const ladder = (model: Model, now: Date): string => {
  const { holders = {}, since = {}, holds = [] } = model.status ?? {}
  const rows = [...new Set([...ladderOf(model), ...Object.keys(holders)])].map(stage => {
    const hold = holds.find(each => each.stage === stage)
    const version = holders[stage]
    return [
      stage,
      version === undefined ? 'nobody' : `v${version}`,
      age(since[stage], now),
      entry(model, stage),
      hold ? `held by ${hold.by}: ${hold.reason}` : '',
    ]
  })
  return table(['STAGE', 'VERSION', 'SINCE', 'ENTRY', 'HOLD'], rows)
}

/** What a stage asks of a version, in a word each. */
const entry = ({ spec }: Model, name: string): string => {
  const stage = spec.stages.find(each => each.name === name)
  if (!stage) return 'not on the ladder'
  const { gates = [], approvals, soak, freeze, automatic } = stage
  return [
    gates.length > 0 ? `${gates.length} ${gates.length === 1 ? 'gate' : 'gates'}` : 'no gates',
    ...(approvals ? [`${approvals.required} ${approvals.required === 1 ? 'approval' : 'approvals'}`] : []),
    ...(soak ? [`soak ${soak}`] : []),
    ...(freeze?.length ? ['freeze'] : []),
    automatic ? 'automatic' : 'by promotion',
  ].join(', ')
}

const isWaiting = (model: Model, { spec }: ModelVersion): boolean => {
  const at = standing(model, spec.version)
  const isRejected = model.status?.rejected?.some(({ version }) => version === spec.version)
  return at !== ARCHIVED && at !== ladderOf(model).at(-1) && !isRejected
}

const waitingTable = (model: Model, versions: readonly ModelVersion[]): string => {
  const rows = versions.slice(0, mostWaiting).map(version => [version.metadata.name, standing(model, version.spec.version), why(version)])
  const more = versions.length - mostWaiting
  return table(['VERSION', 'STAGE', 'WHY'], rows) + (more > 0 ? `\nand ${more} older ones: kubectl get mv` : '')
}

const rejected = ({ status: said }: Model, now: Date): string[] => {
  const rows = (said?.rejected ?? [])
    .toSorted((a, b) => b.version - a.version)
    .map(({ version, by, at, reason }) => [`v${version}`, by, age(at, now), reason])
  return rows.length === 0 ? [] : [`Rejected:\n${table(['VERSION', 'BY', 'AGE', 'REASON'], rows.slice(0, mostWaiting))}`]
}
