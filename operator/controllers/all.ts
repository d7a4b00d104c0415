// Every controller of the operator: once for the whole cluster, or once for each namespace that it was told to watch.
import type { EventBook } from '../cloudevents/book.ts'
import type { Config } from '../config.ts'
import { createHealthBook } from '../pods/health.ts'
import { createProgressBook } from '../pods/progress.ts'
import type { Log } from '../runtime/log.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { TrackingBook } from '../tracking/book.ts'
import { inferenceServiceController } from './inferenceservice.ts'
import { modelController } from './model.ts'
import { trainingJobController } from './trainingjob.ts'

type Add = (runtime: Runtime) => void

export const controllers = (config: Config, log: Log, events?: EventBook): Add[] => {
  const scopes = config.namespaces.length > 0 ? config.namespaces : [undefined]
  // One for all of them: there is one server.
  const tracking = config.tracking && new TrackingBook({ tracking: config.tracking, namespaces: config.namespaces, log })
  return scopes.flatMap(namespace => controllersOf({ settings: config, tracking, events }, namespace))
}

interface Parts {
  settings: Config
  tracking: TrackingBook | undefined
  events: EventBook | undefined
}

const controllersOf = ({ settings, tracking, events }: Parts, namespace: string | undefined): Add[] => {
  const called = (name: string) => (namespace ? `${name}/${namespace}` : name)
  const model = modelController({ settings, tracking, events, namespace })
  return [
    runtime => {
      const name = called('trainingjob')
      const progress = createProgressBook({ onNews: key => runtime.enqueue(name, key) })
      runtime.add({ ...trainingJobController({ settings, progress, namespace }), name })
    },
    runtime => {
      const name = called(model.name)
      for (const book of [tracking, events])
        book?.subscribe(key => (!namespace || key.startsWith(`${namespace}/`) ? runtime.enqueue(name, key) : undefined))
      runtime.add({ ...model, name })
    },
    runtime => {
      const name = called('inferenceservice')
      const health = createHealthBook(key => runtime.enqueue(name, key))
      runtime.add({ ...inferenceServiceController({ settings, health, namespace }), name })
    },
  ]
}
