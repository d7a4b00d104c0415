// Every controller of the operator: once for the whole cluster, or once for each namespace that it was told to watch.
import type { Config } from '../config.ts'
import { createHealthBook } from '../pods/health.ts'
import { createProgressBook } from '../pods/progress.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { inferenceServiceController } from './inferenceservice.ts'
import { modelController } from './model.ts'
import { trainingJobController } from './trainingjob.ts'

type Add = (runtime: Runtime) => void

export const controllers = (config: Config): Add[] => {
  const scopes = config.namespaces.length > 0 ? config.namespaces : [undefined]
  return scopes.flatMap(namespace => controllersOf(config, namespace))
}

const controllersOf = (settings: Config, namespace: string | undefined): Add[] => {
  const called = (name: string) => (namespace ? `${name}/${namespace}` : name)
  const model = modelController({ settings, namespace })
  return [
    runtime => {
      const name = called('trainingjob')
      const progress = createProgressBook({ onNews: key => runtime.enqueue(name, key) })
      runtime.add({ ...trainingJobController({ settings, progress, namespace }), name })
    },
    runtime => runtime.add({ ...model, name: called(model.name) }),
    runtime => {
      const name = called('inferenceservice')
      const health = createHealthBook(key => runtime.enqueue(name, key))
      runtime.add({ ...inferenceServiceController({ settings, health, namespace }), name })
    },
  ]
}
