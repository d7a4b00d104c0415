// What a model says about itself: to the Open Inference Protocol, and to people.
import type { Column } from './codec/batch.ts'
import { WHOLE_ROWS } from './codec/infer.ts'
import type { Served } from './dataplane.ts'

const tensor = ({ name, type }: Column) => ({ name, datatype: type === 'number' ? 'FP32' : 'BYTES', shape: [-1, 1] })

export const modelMetadata = ({ name, version, loaded, signature }: Served) => ({
  name,
  versions: [version],
  platform: 'onnx_onnxv1',
  inputs: signature.columns.map(tensor),
  outputs: [
    { name: 'label', datatype: 'BYTES', shape: [-1] },
    { name: 'label_index', datatype: 'INT64', shape: [-1] },
    { name: 'probabilities', datatype: 'FP32', shape: [-1, signature.labels.length] },
  ],
  properties: {
    digest: loaded.digest,
    labels: JSON.stringify(signature.labels),
    nullable: JSON.stringify(signature.columns.filter(c => c.nullable).map(c => c.name)),
    ...(signature.numeric && {
      [WHOLE_ROWS]: `Instead of one tensor per column, one FP32 tensor "${WHOLE_ROWS}" of shape [-1, ${signature.columns.length}] in the order of inputs.`,
    }),
  },
})

export const modelInfo = ({ name, version, loaded }: Served) => {
  const { manifest, digest } = loaded
  return {
    model_name: name,
    model_version: version,
    digest,
    task: manifest.task,
    algorithm: manifest.algorithm,
    parameters: manifest.parameters,
    target: manifest.target,
    labels: manifest.labels,
    inputs: manifest.inputs,
    metrics: manifest.metrics,
    data: manifest.data,
    packages: manifest.packages,
  }
}
