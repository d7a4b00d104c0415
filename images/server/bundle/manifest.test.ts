import { describe, expect, it } from 'vitest'
import type { Manifest } from '../../../operator/api/bundle.ts'
import { irisManifest, mixedManifest } from '../../../test/conformance/samplebundle.ts'
import { manifestOf } from './manifest.ts'
import { Refusal } from './refusal.ts'

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))

const wrong: readonly [string, RegExp, (m: Manifest) => unknown][] = [
  ['no labels', /labels/, m => ({ ...m, labels: undefined })],
  ['another contract', /contract/, m => ({ ...m, contract: 2 })],
  ['a task that is not known', /task/, m => ({ ...m, task: 'regression' })],
  ['two columns of one name', /sepal_length twice/, m => ({ ...m, inputs: [...m.inputs, m.inputs[0]] })],
  ['two labels of one name', /setosa twice/, m => ({ ...m, labels: ['setosa', 'setosa', 'x'] })],
  ['a tensor without one of the columns', /each column of inputs once/, m => tensor(m, { columns: ['sepal_length'], shape: [-1, 1] })],
  ['a tensor with a column that is no input', /no column sepal_length/, m => tensor(m, { columns: ['a', 'b', 'c', 'd'] })],
  ['numbers in a tensor of texts', /is a number, but its tensor numeric is BYTES/, m => tensor(m, { datatype: 'BYTES' })],
  ['a tensor of another width', /shape \[-1, 4\]/, m => tensor(m, { shape: [-1, 5] })],
  ['a tensor with a fixed number of rows', /shape \[-1, 4\]/, m => tensor(m, { shape: [1, 4] })],
  [
    'an output of another name',
    /INT64 tensor label/,
    m => ({ ...m, onnx: { ...m.onnx, outputs: [{ ...m.onnx.outputs[0], name: 'class' }, m.onnx.outputs[1]] } }),
  ],
  ['fewer probabilities than labels', /must have 4 columns/, m => ({ ...m, labels: [...m.labels, 'fourth'] })],
  ['golden rows without labels', /one label per row/, m => golden(m, { labels: [] })],
  ['golden rows without probabilities', /one list per row/, m => golden(m, { probabilities: [] })],
  ['golden rows that are too short', /must have 4 values each/, m => golden(m, { rows: m.golden.rows.map(row => row.slice(1)) })],
  [
    'golden probabilities that are too short',
    /must have 3 values each/,
    m => golden(m, { probabilities: m.golden.probabilities.map(() => [1]) }),
  ],
  ['a golden label that is not there', /below 3/, m => golden(m, { labels: [0, 1, 3] })],
  ['a tolerance that accepts anything', /tolerance must be above 0 and at most 0.01; got 1/, m => golden(m, { tolerance: 1 })],
]

const golden = (m: Manifest, change: Partial<Manifest['golden']>) => ({ ...m, golden: { ...m.golden, ...change } })
const tensor = (m: Manifest, change: object) => ({ ...m, onnx: { ...m.onnx, inputs: [{ ...m.onnx.inputs[0], ...change }] } })

describe('a manifest', () => {
  it('is read when its parts agree', () => {
    expect(manifestOf(bytes(irisManifest()))).toEqual(irisManifest())
    expect(manifestOf(bytes(mixedManifest())).inputs.map(i => i.name)).toEqual(['length', 'colour', 'width', 'height'])
  })

  it('is refused when it is not JSON', () => {
    expect(() => manifestOf(new TextEncoder().encode('{'))).toThrow(/not JSON/)
    expect(() => manifestOf(Uint8Array.of(0xff, 0xfe))).toThrow(/not JSON/)
  })

  it.each(wrong)('with %s is refused', (_name, said, change) => {
    const changed = bytes(change(irisManifest()))
    expect(() => manifestOf(changed)).toThrow(said)
    expect(() => manifestOf(changed)).toThrow(Refusal)
  })

  it('keeps nothing that the contract does not name', () => {
    const read = manifestOf(bytes({ ...irisManifest(), ['__proto__x']: 1, surplus: { deep: true } }))
    expect(Object.keys(read).sort()).toEqual(Object.keys(irisManifest()).sort())
  })
})
