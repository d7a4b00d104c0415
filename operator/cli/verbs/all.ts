// Names the code of each command that talks to the cluster.
import type { CommandName } from '../commands.ts'
import { compare } from './compare.ts'
import { copy } from './copy.ts'
import { decide } from './decide.ts'
import { gates } from './gates.ts'
import { history } from './history.ts'
import { lineage } from './lineage.ts'
import { predict } from './predict.ts'
import { retrain } from './retrain.ts'
import { status } from './status.ts'
import { validate } from './validate.ts'
import type { Verb } from './verb.ts'

export const verbs: Record<Exclude<CommandName, 'completion'>, Verb> = {
  approve: decide('approve'),
  reject: decide('reject'),
  promote: decide('promote'),
  bypass: decide('bypass'),
  archive: decide('archive'),
  restore: decide('restore'),
  rollback: decide('rollback'),
  release: decide('release'),
  retrain,
  status,
  history,
  lineage,
  compare,
  gates,
  validate,
  copy,
  predict,
}
