// history: the moves of a model, or who held each stage at a moment.
import type { Model, Move } from '../../api/model.ts'
import { models } from '../../controllers/resources.ts'
import { find } from '../cluster.ts'
import { checkedStage, stagesOf } from '../ladder.ts'
import { momentOf, stamp } from '../moment.ts'
import { type Holding, holdersAt, type Ledger, ledgerOf, type Past } from '../moves.ts'
import { table } from '../table.ts'
import type { Result, Verb } from './verb.ts'

export const history: Verb = async ({ cluster, names: [name = ''], flags }) => {
  const moment = flags.at === undefined ? undefined : momentOf(flags.at)
  const model = await find<Model>(cluster, models, name)
  const stage = flags.stage === undefined ? undefined : checkedStage(model, flags.stage)
  const ledger = await ledgerOf(cluster, model)
  return moment ? heldAt(model, ledger, { moment, stage }) : moved(ledger, name, stage)
}

const moved = ({ moves }: Ledger, name: string, stage: string | undefined): Result => {
  const chosen = moves.filter(({ from, to }) => stage === undefined || from === stage || to === stage)
  if (chosen.length === 0) return { object: chosen, text: `${name} has no moves${stage ? ` into or out of ${stage}` : ''}` }
  return { object: chosen, text: table(['AT', 'VERSION', 'FROM', 'TO', 'ACTOR', 'REASON'], chosen.map(row)) }
}

const row = ({ at, version, from, to, actor, reason, bypass }: Move): string[] => [
  stamp(at),
  `v${version}`,
  from,
  to,
  actor,
  bypass ? `BYPASS: ${reason}` : reason,
]

const heldAt = (model: Model, ledger: Ledger, { moment, stage }: { moment: Date; stage: string | undefined }): Result => {
  const past = holdersAt(ledger, moment)
  const stages = stage === undefined ? stagesOf(model) : [stage]
  const shown = past.holdings.filter(holding => stages.includes(holding.stage))
  const object = { model: model.metadata.name, at: moment.toISOString(), known: past.isKnown, holders: shown }
  const exitCode = past.isKnown ? 0 : 1
  return { object, exitCode, text: past.isKnown ? holdersText(model, stages, { moment, shown }) : tooEarly(model, ledger, past) }
}

const holdersText = (model: Model, stages: string[], { moment, shown }: { moment: Date; shown: Holding[] }): string => {
  const rows = stages.map(stage => {
    const { version, entered } = shown.find(holding => holding.stage === stage) ?? {}
    return version === undefined
      ? [stage, 'nobody']
      : [stage, `v${version}`, stamp(entered?.at), entered?.actor ?? '', entered?.reason ?? '']
  })
  return `${model.metadata.name} at ${stamp(moment)}\n${table(['STAGE', 'VERSION', 'SINCE', 'ACTOR', 'REASON'], rows)}`
}

const tooEarly = (model: Model, { moves }: Ledger, { holdings }: Past): string => {
  const oldest = moves.at(-1)
  const before = holdings.map(({ stage, version }) => `v${version} held ${stage}`).join(', ')
  const reach = oldest ? `the oldest move that is kept is of ${stamp(oldest.at)}, just before which ${before}` : 'no move is kept'
  return `who held the stages of ${model.metadata.name} then is not known: ${reach}`
}
