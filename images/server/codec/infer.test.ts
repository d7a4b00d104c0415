import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { irisManifest, mixedManifest, NUMBERS } from '../../../test/conformance/samplebundle.ts'
import { Problem } from '../problems.ts'
import { signatureOf } from './batch.ts'
import { inferOutputs, inferRequest, outputNames } from './infer.ts'

const iris = signatureOf(irisManifest())
const mixed = signatureOf(mixedManifest())
const whole = (change: object = {}) => ({
  inputs: [{ name: 'features', datatype: 'FP32', shape: [2, 4], data: [5, 3, 1, 0.5, 6, 3, 4, 1.5], ...change }],
})
const column = (name: string, change: object = {}) => ({ name, datatype: 'FP32', shape: [2], data: [1, 2], ...change })
const columns = (change: Record<string, object> = {}) => ({ inputs: NUMBERS.map(name => column(name, change[name])) })
const numeric = (body: unknown, signature = iris) => Array.from(inferRequest(signature, body).batch.blocks['numeric']?.data as Float32Array)
const wrongColumn = (change: object) => columns({ sepal_width: change })

const refused: readonly [string, unknown, string, RegExp][] = [
  ['no inputs', {}, 'MissingFeatures', /inputs is missing. Send one tensor per column: sepal_length/],
  ['inputs that are no list', { inputs: {} }, 'MissingFeatures', /inputs must be a list; got an object/],
  ['more tensors than columns', { inputs: [...columns().inputs, column('x')] }, 'WrongCount', /5 tensors; the model has 4 columns/],
  ['a field that is not known', { ...whole(), output: [] }, 'UnknownField', /"output" is not part.*Did you mean outputs\?/],
  ['an id that is a number', { ...whole(), id: 7 }, 'WrongType', /id must be text/],
  ['parameters that are a list', { ...whole(), parameters: [] }, 'WrongType', /parameters must be an object/],
  ['an input without a name', { inputs: [{ shape: [1] }] }, 'WrongType', /inputs\[0\].name must be text/],
  ['an input that is null', { inputs: [null] }, 'WrongType', /inputs\[0\] must be an object; got null/],
  ['a datatype that is not known', whole({ datatype: 'FP16' }), 'WrongType', /features: datatype must be one of FP32, FP64.*got "FP16"/],
  ['text for numbers', wrongColumn({ datatype: 'BYTES', data: ['1', '2'] }), 'WrongType', /sepal_width: datatype must be FP32.*got BYTES/],
  ['truth values for numbers', wrongColumn({ datatype: 'BOOL', data: [true, false] }), 'WrongType', /got "BOOL"/],
  ['a shape that is missing', whole({ shape: undefined }), 'WrongShape', /features: shape must be/],
  ['a negative size', whole({ shape: [-1, 4] }), 'WrongShape', /got \[-1,4\]/],
  ['a fraction as size', whole({ shape: [1.5, 4] }), 'WrongShape', /got \[1.5,4\]/],
  ['three dimensions', whole({ shape: [1, 1, 4] }), 'WrongShape', /\[rows\] or \[rows, columns\]/],
  ['a size beyond counting', whole({ shape: [2 ** 53, 4] }), 'WrongShape', /got \[9007199254740992,4\]/],
  [
    'a product beyond memory',
    whole({ shape: [10_000, 2 ** 50] }),
    'WrongShape',
    /features: shape \[10000, 1125899906842624\] needs 11258999068426240000 values; data has 8/,
  ],
  ['no rows', whole({ shape: [0, 4], data: [] }), 'EmptyInstances', /features: shape has 0 rows/],
  ['more rows than are answered', whole({ shape: [10_001, 4] }), 'TooManyRows', /10001 rows; at most 10000/],
  ['less data than the shape says', whole({ data: [1, 2, 3] }), 'WrongShape', /features: shape \[2, 4\] needs 8 values; data has 3/],
  ['more data than the shape says', whole({ data: Array(9).fill(1) }), 'WrongShape', /data has 9/],
  [
    'nested data of another shape',
    whole({
      data: [
        [1, 2, 3, 4],
        [1, 2, 3],
      ],
    }),
    'WrongShape',
    /3 values in row 1/,
  ],
  ['nested data of other rows', whole({ data: [[1, 2, 3, 4]] }), 'WrongShape', /data has 1 rows/],
  ['nested data among values', whole({ data: [[1, 2, 3, 4], 5] }), 'MixedShapes', /data\[1\] is 5/],
  [
    'data nested too deep',
    whole({
      data: [
        [[1], 2, 3, 4],
        [1, 2, 3, 4],
      ],
    }),
    'WrongType',
    /sepal_length must be .*got a list of 1/,
  ],
  ['data that is text', whole({ data: 'AAAA' }), 'WrongType', /features: data must be a list; got "AAAA"/],
  ['binary data', whole({ data: undefined, parameters: { binary_data_size: 32 } }), 'WrongType', /Binary tensors are not offered/],
  [
    'whole rows of another width',
    whole({ shape: [2, 3], data: [1, 2, 3, 4, 5, 6] }),
    'WrongShape',
    /shape must be \[rows, 4\]; got \[2, 3\]/,
  ],
  ['a column that is not known', { inputs: [column('sepal_lenght')] }, 'UnknownField', /Did you mean sepal_length\?/],
  ['a column twice', { inputs: [column('sepal_length'), column('sepal_length')] }, 'InvalidRequest', /sepal_length stands twice/],
  ['a column that is missing', { inputs: columns().inputs.slice(1) }, 'MissingField', /input sepal_length is missing/],
  ['columns of different length', wrongColumn({ shape: [1], data: [1] }), 'MixedShapes', /sepal_width has 1 rows, but sepal_length has 2/],
  ['a column of two columns', wrongColumn({ shape: [1, 2] }), 'WrongShape', /sepal_width: shape must be \[rows\] or \[rows, 1\]/],
  [
    'a fraction in an integer tensor',
    wrongColumn({ datatype: 'INT32', data: [1.5, 2] }),
    'WrongType',
    /sepal_width: data\[0\] must be a whole number from -2147483648/,
  ],
  [
    'an integer that does not fit its type',
    wrongColumn({ datatype: 'UINT8', data: [1, 256] }),
    'WrongType',
    /data\[1\] must be a whole number from 0 to 255/,
  ],
  ['an integer that JSON has already changed', wrongColumn({ datatype: 'INT64', data: [1, 2 ** 53] }), 'WrongType', /as text beyond 2\^53/],
  ['a value out of range in the second row', wrongColumn({ data: [1, -1] }), 'OutOfRange', /row 1: sepal_width must be/],
  ['null where nothing was ever missing', wrongColumn({ data: [1, null] }), 'WrongType', /row 1: sepal_width .*got null/],
  ['null in an integer tensor', wrongColumn({ datatype: 'INT8', data: [1, null] }), 'WrongType', /got null/],
  [
    'an output that is not there',
    { ...whole(), outputs: [{ name: 'classes' }] },
    'UnknownField',
    /outputs\[0\].name must be one of label, label_index, probabilities; got "classes"/,
  ],
  [
    'an output asked for in binary',
    { ...whole(), outputs: [{ name: 'label', parameters: { binary_data: true } }] },
    'InvalidRequest',
    /binary data, which is not offered/,
  ],
  ['outputs that are no list', { ...whole(), outputs: 'label' }, 'WrongType', /outputs must be a list/],
]

describe('an inference request', () => {
  const rows = [5, 3, 1, 0.5, 6, 3, 4, 1.5]

  it('means the same flat, nested, by column, and in every datatype that holds it', () => {
    expect(numeric(whole())).toEqual(rows)
    expect(numeric(whole({ datatype: 'FP64' }))).toEqual(rows)
    expect(numeric(whole({ data: [rows.slice(0, 4), rows.slice(4)] }))).toEqual(rows)
    const byColumn = { inputs: NUMBERS.map((name, i) => column(name, { data: [rows[i], rows[i + 4]] })) }
    expect(numeric(byColumn)).toEqual(rows)
    expect(numeric({ inputs: byColumn.inputs.toReversed() })).toEqual(rows)
    expect(numeric({ inputs: byColumn.inputs.map(input => ({ ...input, shape: [2, 1], data: input.data.map(v => [v]) })) })).toEqual(rows)
  })

  it.each(['INT8', 'INT16', 'INT32', 'INT64', 'UINT8', 'UINT16', 'UINT32', 'UINT64'])('takes %s for a number', datatype => {
    expect(numeric(columns(Object.fromEntries(NUMBERS.map(name => [name, { datatype }]))))).toEqual([1, 1, 1, 1, 2, 2, 2, 2])
  })

  it('takes whole numbers beyond 2^53 as text', () => {
    expect(numeric(columns({ sepal_width: { datatype: 'UINT64', data: ['18446744073709551615', 2] } }))[1]).toBe(2 ** 64)
  })

  it('takes text for a category and null for a missing number', () => {
    const inputs = [
      { name: 'colour', datatype: 'BYTES', shape: [2], data: ['red', 'blue'] },
      { name: 'length', datatype: 'FP32', shape: [2], data: [null, 1] },
      { name: 'width', datatype: 'INT32', shape: [2], data: [1, 1] },
      { name: 'height', datatype: 'FP64', shape: [2, 1], data: [1, null] },
    ]
    expect(numeric({ inputs }, mixed)).toEqual([Number.NaN, 1, 1, 1, 1, Number.NaN])
    expect(inferRequest(mixed, { inputs }).batch.blocks['categorical']?.data).toEqual(['red', 'blue'])
  })

  it('offers whole rows only where all columns are numbers', () => {
    expect(() => inferRequest(mixed, whole())).toThrow(/"features" is not a column/)
  })

  it('keeps its id, and asks for all outputs by asking for none', () => {
    expect(inferRequest(iris, { ...whole(), id: 'a', outputs: [{ name: 'probabilities' }] })).toMatchObject({
      id: 'a',
      outputs: ['probabilities'],
    })
    expect(inferRequest(iris, whole())).toMatchObject({ id: undefined, outputs: outputNames })
    expect(inferRequest(iris, { ...whole(), outputs: [] }).outputs).toEqual(outputNames)
  })

  it.each(refused)('with %s is refused in words', (_name, body, ...[code, said]) => {
    const sent: unknown = JSON.parse(JSON.stringify(body))
    expect(() => inferRequest(iris, sent)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(said) }))
  })

  it('ends with a batch or a Problem, whatever JSON it is', () => {
    const tensor = fc.record(
      {
        name: fc.oneof(fc.constantFrom('features', ...NUMBERS), fc.jsonValue()),
        datatype: fc.oneof(fc.constantFrom('FP32', 'INT64', 'BYTES'), fc.jsonValue()),
        shape: fc.oneof(fc.array(fc.oneof(fc.integer({ min: 0, max: 4 }), fc.double())), fc.jsonValue()),
        data: fc.oneof(fc.array(fc.oneof(fc.double(), fc.jsonValue())), fc.jsonValue()),
        parameters: fc.jsonValue(),
      },
      { requiredKeys: ['name'] },
    )
    const request = fc.record(
      { id: fc.jsonValue(), inputs: fc.array(tensor, { maxLength: 5 }), outputs: fc.jsonValue() },
      { requiredKeys: ['inputs'] },
    )
    fc.assert(
      fc.property(fc.oneof(request, fc.jsonValue()), body => {
        try {
          expect(inferRequest(iris, body).batch.rows).toBeGreaterThan(0)
        } catch (error) {
          expect(error).toBeInstanceOf(Problem)
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('an inference response', () => {
  it('has the outputs asked for, with shapes that hold their data', () => {
    const answer = { labels: Int32Array.of(2, 0), probabilities: Float32Array.of(0.1, 0.2, 0.7, 0.98, 0.01, 0.01) }
    expect(inferOutputs(iris, outputNames, answer)).toEqual([
      { name: 'label', shape: [2], datatype: 'BYTES', data: ['virginica', 'setosa'] },
      { name: 'label_index', shape: [2], datatype: 'INT64', data: [2, 0] },
      { name: 'probabilities', shape: [2, 3], datatype: 'FP32', data: [0.1, 0.2, 0.7, 0.98, 0.01, 0.01] },
    ])
  })
})
