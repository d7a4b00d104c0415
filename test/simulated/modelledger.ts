// A Model with moves, as tests of its events need it; made as the operator makes them, and written down as the API server would.
import type { Model, ModelSpec, ModelStatus, Move } from '../../operator/api/model.ts'
import type { EventBook } from '../../operator/cloudevents/book.ts'
import { plan } from '../../operator/plan/model/plan.ts'
import { hasRoom, moved, registryOf } from '../../operator/plan/model/registry.ts'
import { digestOf, later, nothingElse, sampleModel } from '../../operator/plan/model/sampleworld.ts'
import type { KubeObject } from '../../operator/runtime/shape.ts'

const spec: ModelSpec = {
  stages: [
    { name: 'Staging', automatic: true },
    { name: 'Production', automatic: true },
  ],
}

export interface ModelLedger {
  status: ModelStatus | undefined
  links: KubeObject[]
  /** Every move that was committed, the oldest first. */
  moves: Move[]
  model: () => Model
  /** The next version enters Staging, and whoever held it is archived: all in one write, which may be refused for want of room. */
  promote: () => void
  /** One pass of the operator over what is stored. Given up after the decision, it writes nothing. */
  pass: (book: EventBook | undefined, dies?: boolean) => void
}

/** As it comes back from the API server. */
const stored = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value

export const modelLedger = (name = 'iris', uid = name): ModelLedger => {
  let versions = 0
  const ledger: ModelLedger = {
    status: undefined,
    links: [],
    moves: [],
    model() {
      const model = sampleModel(spec, ledger.status)
      return stored({ ...model, metadata: { ...model.metadata, name, uid } })
    },
    promote() {
      if (hasRoom(registryOf(ledger.status))) promoted(ledger, ++versions)
    },
    pass(book, dies = false) {
      const planned = plannedOf(ledger, book)
      if (dies) return
      const made = planned.apply.map(({ object }) => stored(object))
      ledger.links.push(...made.filter(({ metadata }) => !ledger.links.some(each => each.metadata.name === metadata.name)))
      ledger.status = stored(planned.status)
    },
  }
  return ledger
}

const promoted = (ledger: ModelLedger, version: number): void => {
  const before = registryOf(ledger.status)
  const reason = `größer als ${version}`
  const after = moved(before, { version, to: 'Staging', actor: 'tidegate', reason, digest: digestOf(version), now: later(version) })
  ledger.moves.push(...after.history.slice(0, after.history.length - before.history.length).toReversed())
  ledger.status = stored({ ...ledger.status, ...after })
}

const plannedOf = (ledger: ModelLedger, book: EventBook | undefined) => {
  const object = ledger.model()
  const { namespace, name } = object.metadata
  const announced = book?.of({ namespace, name, model: object, ledger: ledger.links })
  const unchanged = { versions: [], decisions: [], ...nothingElse, now: later(0) }
  return plan({ object, ...unchanged, ledger: ledger.links, ...(announced && { announced }) })
}
