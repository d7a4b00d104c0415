// The objects of an example as a person would apply them after changing a few lines.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import type { InferenceServiceSpec } from '../../operator/api/inferenceservice.ts'
import type { ModelSpec } from '../../operator/api/model.ts'
import type { TrainingJobSpec } from '../../operator/api/trainingjob.ts'

/** As written: what the API server would fill in may be left out. */
type Written<Value> = Value extends readonly (infer Item)[]
  ? Written<Item>[]
  : Value extends object
    ? { [Key in keyof Value]?: Written<Value[Key]> }
    : Value

export interface Manifest<Spec = unknown> {
  apiVersion: string
  kind: string
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> }
  spec: Written<Spec>
}

export interface Example {
  trainingJob: Manifest<TrainingJobSpec>
  model: Manifest<ModelSpec>
  service: Manifest<InferenceServiceSpec>
}

export const EXAMPLES = join(import.meta.dirname, '../../examples')

/** A fresh copy of the three objects of an example. */
export const example = (name = 'iris'): Example => {
  const folder = join(EXAMPLES, name)
  const documents = readdirSync(folder)
    .filter(file => file.endsWith('.yaml'))
    .flatMap(file => parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map(document => document.toJS() as Manifest))
  const of = <Spec>(kind: string) => {
    const found = documents.find(each => each.kind === kind)
    if (!found) throw new Error(`examples/${name} holds no ${kind}`)
    return found as Manifest<Spec>
  }
  return { trainingJob: of('TrainingJob'), model: of('Model'), service: of('InferenceService') }
}

/** Three flowers, one of each species, in the order of FEATURES. */
export const FLOWERS = {
  setosa: { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 },
  versicolor: { sepal_length: 5.9, sepal_width: 2.8, petal_length: 4.3, petal_width: 1.3 },
  virginica: { sepal_length: 6.5, sepal_width: 3.0, petal_length: 5.8, petal_width: 2.2 },
} as const
