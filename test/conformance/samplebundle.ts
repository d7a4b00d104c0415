// A bundle made without Python: a linear model whose answers are computed here a second time, so that golden rows mean something.
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import type { Manifest } from '../../operator/api/bundle.ts'
import { attribute, elementType, floatTensor, type Graph, graph, model, node, tensorInfo } from './onnx.ts'

export const LABELS = ['setosa', 'versicolor', 'virginica']
export const NUMBERS = ['sepal_length', 'sepal_width', 'petal_length', 'petal_width']
const WEIGHTS = [0.4, 0.4, -0.9, 1.3, -0.3, -0.9, -2.1, 0.1, 1.9, -0.9, -0.9, 1.9]
const BIAS = [6.4, 2.1, -2]

const row = (values: readonly number[]) => values.map(Math.fround)
export const ROWS = [row([5.1, 3.5, 1.4, 0.2]), row([6, 2.7, 4.2, 1.3]), row([6.7, 3.1, 5.6, 2.4])]

const softmax = (scores: readonly number[]) => {
  const powers = scores.map(score => Math.exp(score - Math.max(...scores)))
  return powers.map(power => power / powers.reduce((a, b) => a + b))
}

/** What the model should answer, in double precision. */
export const probabilitiesOf = (values: readonly number[], biases: readonly number[] = BIAS) =>
  softmax(biases.map((bias, label) => values.reduce((sum, value, i) => sum + value * (WEIGHTS[i * 3 + label] as number), bias)))

const linear = (from: string, biases: readonly number[] = BIAS): Pick<Graph, 'nodes' | 'initializers' | 'outputs'> => ({
  nodes: [
    node({ op: 'Gemm', inputs: [from, 'w', 'b'], outputs: ['scores'] }),
    node({ op: 'Softmax', inputs: ['scores'], outputs: ['probabilities'], attributes: [attribute.int('axis', 1)] }),
    node({
      op: 'ArgMax',
      inputs: ['probabilities'],
      outputs: ['label'],
      attributes: [attribute.int('axis', 1), attribute.int('keepdims', 0)],
    }),
  ],
  initializers: [floatTensor('w', [4, 3], WEIGHTS), floatTensor('b', [3], biases)],
  outputs: [tensorInfo('label', elementType.int64, [-1]), tensorInfo('probabilities', elementType.float, [-1, 3])],
})

export const irisGraph = (biases?: readonly number[]): Graph => ({
  ...linear('numeric', biases),
  inputs: [tensorInfo('numeric', elementType.float, [-1, 4])],
})
export const irisModel = (biases?: readonly number[]) => model(graph(irisGraph(biases)))

const COLOURS = ['red', 'blue']
/** Mean of a missing number, and what each colour weighs. */
const MEAN = 3
const COLOUR_WEIGHT: Readonly<Record<string, number>> = { red: 1, blue: 2 }

const mixedModel = () => {
  const rest = linear('row')
  const ml = 'ai.onnx.ml'
  const imputer = [attribute.floats('imputed_value_floats', [MEAN, MEAN, MEAN]), attribute.float('replaced_value_float', Number.NaN)]
  const encoder = [
    attribute.strings('keys_strings', COLOURS),
    attribute.floats(
      'values_floats',
      COLOURS.map(c => COLOUR_WEIGHT[c] as number),
    ),
  ]
  const nodes = [
    node({ op: 'Imputer', inputs: ['numeric'], outputs: ['whole'], domain: ml, attributes: imputer }),
    node({ op: 'LabelEncoder', inputs: ['categorical'], outputs: ['code'], domain: ml, attributes: encoder }),
    node({ op: 'Concat', inputs: ['whole', 'code'], outputs: ['row'], attributes: [attribute.int('axis', 1)] }),
    ...rest.nodes,
  ]
  const inputs = [tensorInfo('numeric', elementType.float, [-1, 3]), tensorInfo('categorical', elementType.string, [-1, 1])]
  return model(graph({ ...rest, nodes, inputs }))
}

type Value = number | string | null

const golden = (rows: Value[][], seen: (row: Value[]) => number[], biases?: readonly number[]): Manifest['golden'] => {
  const probabilities = rows.map(values => probabilitiesOf(seen(values), biases))
  return { rows, labels: probabilities.map(p => p.indexOf(Math.max(...p))), probabilities, tolerance: 1e-5 }
}

const outputs: Manifest['onnx']['outputs'] = [
  { name: 'label', datatype: 'INT64', shape: [-1] },
  { name: 'probabilities', datatype: 'FP32', shape: [-1, 3] },
]

const common = (): Omit<Manifest, 'inputs' | 'onnx' | 'golden' | 'model'> => ({
  contract: 1,
  task: 'classification',
  algorithm: 'logisticRegression',
  parameters: { max_iter: 200 },
  target: 'species',
  labels: LABELS,
  metrics: [{ name: 'accuracy', value: 0.9 }],
  data: { source: 'primary', described: 'none', trainRows: 3 },
  packages: {},
})

export const irisManifest = (biases?: readonly number[]): Manifest => ({
  ...common(),
  model: 'iris',
  inputs: NUMBERS.map((name, i) => ({
    name,
    type: 'number' as const,
    minimum: 0,
    maximum: 1e38,
    exclusiveMinimum: true,
    nullable: false,
    example: [5.1, 3.5, 1.4, 0.2][i] as number,
  })),
  onnx: { opset: 18, irVersion: 8, inputs: [{ name: 'numeric', datatype: 'FP32', shape: [-1, 4], columns: NUMBERS }], outputs },
  golden: golden(ROWS, values => values as number[], biases),
})

const mixedInputs: Manifest['inputs'] = [
  { name: 'length', type: 'number', nullable: true, example: 1 },
  { name: 'colour', type: 'category', categories: COLOURS, nullable: false, example: 'red' },
  { name: 'width', type: 'number', nullable: false, example: 2 },
  { name: 'height', type: 'number', nullable: true, example: 3 },
]

export const mixedManifest = (): Manifest => ({
  ...common(),
  model: 'mixed',
  inputs: mixedInputs,
  onnx: {
    opset: 18,
    irVersion: 8,
    inputs: [
      { name: 'numeric', datatype: 'FP32', shape: [-1, 3], columns: ['length', 'width', 'height'] },
      { name: 'categorical', datatype: 'BYTES', shape: [-1, 1], columns: ['colour'] },
    ],
    outputs,
  },
  golden: golden(
    [
      [1, 'red', 2, 3],
      [null, 'blue', 0.5, null],
    ],
    ([length, colour, width, height]) => [
      ...[length, width, height].map(v => (v as number | null) ?? MEAN),
      COLOUR_WEIGHT[colour as string] as number,
    ],
  ),
})

const files = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)))

/** The digest as the contract defines it, written a second time. */
export const digestOf = (folder: string) => {
  const paths = files(folder).filter(path => path !== 'run.json')
  const sorted = paths.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  const sha256 = (content: Uint8Array | string) => createHash('sha256').update(content).digest('hex')
  const lines = sorted
    .map(path => [readFileSync(join(folder, path)), path] as const)
    .map(([bytes, path]) => `${sha256(bytes)}  ${bytes.length}  ${path}\n`)
  return `sha256:${sha256(lines.join(''))}`
}

export interface Parts {
  manifest?: unknown
  model?: Uint8Array
}

/** A fresh folder under the system's temporary one. */
export const sampleBundle = ({ manifest = irisManifest(), model: onnx = irisModel() }: Parts = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-bundle-'))
  mkdirSync(join(folder, 'evaluation'))
  writeFileSync(join(folder, 'model.onnx'), onnx)
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest))
  writeFileSync(join(folder, 'evaluation/report.json'), '{}')
  writeFileSync(join(folder, 'run.json'), JSON.stringify({ startedAt: new Date().toISOString() }))
  return { folder, digest: digestOf(folder) }
}

export const mixedBundle = () => sampleBundle({ manifest: mixedManifest(), model: mixedModel() })
