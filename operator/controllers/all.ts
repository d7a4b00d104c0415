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
  const inference = inferenceServiceController({ settings, health: createHealthBook(), namespace })
  const model = modelController(namespace)
  const training = trainingJobController({ settings, progress: createProgressBook(), namespace })
  return [
    runtime => runtime.add({ ...training, name: called(training.name) }),
    runtime => runtime.add({ ...model, name: called(model.name) }),
    runtime => runtime.add({ ...inference, name: called(inference.name) }),
  ]
}
