import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  attribute,
  elementType,
  floatTensor,
  type Graph,
  graph,
  message,
  model,
  node,
  sequenceOfMaps,
  tensorInfo,
  varint,
} from '../../../test/conformance/onnx.ts'
import { irisGraph, irisModel } from '../../../test/conformance/samplebundle.ts'
import { checkGraph } from './graph.ts'
import { Refusal } from './refusal.ts'

const made = (change: Partial<Graph>) => model(graph({ ...irisGraph(), ...change }))
const relu = (from: string, to: string, attributes: Uint8Array[] = []) => node({ op: 'Relu', inputs: [from], outputs: [to], attributes })
const withAttribute = (one: Uint8Array) => made({ nodes: [...irisGraph().nodes, relu('a', 'b', [one])] })

const place = message({ 1: 'location', 2: '../../../etc/passwd' })
const outside = message({ 1: [1], 2: 1, 8: 'w', 13: place, 14: 1 })
const nested = (depth: number): Uint8Array =>
  depth === 0
    ? graph({ nodes: [], inputs: [], outputs: [] })
    : graph({ ...irisGraph(), nodes: [relu('a', 'b', [attribute.graph('body', nested(depth - 1))])] })

const hostile: readonly [string, Uint8Array, RegExp][] = [
  ['an empty file', new Uint8Array(), /is empty/],
  ['text', new TextEncoder().encode('not a model at all, just text'), /no ONNX model|0 graphs/],
  ['a model without a graph', message({ 1: 8 }), /0 graphs/],
  ['two graphs', Buffer.concat([irisModel(), irisModel()]), /2 graphs/],
  ['a truncated file', irisModel().subarray(0, -7), /no ONNX model/],
  ['a length of two gigabytes', Buffer.concat([irisModel(), varint(7 * 8 + 2), varint(2 ** 31)]), /runs over the end/],
  ['a number of eleven bytes', Buffer.concat([Uint8Array.of(8), new Uint8Array(11).fill(0xff)]), /ten bytes/],
  ['a group, which ONNX never has', Uint8Array.of(1 * 8 + 3), /wire type 3/],
  ['field number zero', Uint8Array.of(0, 0), /field number 0/],
  ['tensor data in another file', made({ initializers: [outside] }), /outside the file/],
  ['a tensor that says EXTERNAL without a place', made({ initializers: [message({ 1: [1], 2: 1, 8: 'w', 14: 1 })] }), /outside the file/],
  ['a place without EXTERNAL', made({ initializers: [message({ 1: [1], 2: 1, 8: 'w', 13: place })] }), /outside the file/],
  ['external data in a constant', withAttribute(attribute.tensor('value', outside)), /outside the file/],
  ['external data in a list of tensors', withAttribute(message({ 1: 'values', 10: outside })), /outside the file/],
  ['external data in a sparse tensor', withAttribute(message({ 1: 'sparse', 22: message({ 1: outside }) })), /outside the file/],
  ['external data in a list of sparse tensors', withAttribute(message({ 1: 'sparse', 23: message({ 2: outside }) })), /outside the file/],
  [
    'external data in a subgraph',
    withAttribute(attribute.graph('body', graph({ ...irisGraph(), initializers: [outside] }))),
    /outside the file/,
  ],
  [
    'external data in a list of subgraphs',
    withAttribute(message({ 1: 'bodies', 11: graph({ ...irisGraph(), initializers: [outside] }) })),
    /outside the file/,
  ],
  [
    'an operator of another domain',
    made({ nodes: [node({ op: 'Shell', inputs: [], outputs: [], domain: 'com.example' })] }),
    /domain "com.example"/,
  ],
  [
    'an operator of the vendor',
    made({ nodes: [node({ op: 'FusedGemm', inputs: [], outputs: [], domain: 'com.microsoft' })] }),
    /com.microsoft/,
  ],
  ['another domain that is only imported', model(graph(irisGraph()), {}, { '': 18, evil: 1 }), /domain "evil"/],
  ['functions of its own', model(graph(irisGraph()), { 25: message({ 1: 'f' }) }), /functions of its own/],
  ['training information', model(graph(irisGraph()), { 20: message({ 1: graph(irisGraph()) }) }), /training information/],
  ['an output that is a list of maps', made({ outputs: [sequenceOfMaps('output_probability')] }), /"output_probability".*zipmap off/],
  ['an input that is a list of maps', made({ inputs: [sequenceOfMaps('x')] }), /"x".*sequence or a map/],
  ['graphs in graphs in graphs', model(nested(12)), /nests graphs/],
  [
    'a tensor of 2^62 elements',
    made({ initializers: [message({ 1: [2 ** 31, 2 ** 31], 2: 1, 8: 'w' })] }),
    /more than 2147483648 elements/,
  ],
  ['a negative size', made({ initializers: [message({ 1: [2 ** 63], 2: 1, 8: 'w' })] }), /elements/],
  [
    'packed sizes that multiply to 2^40',
    made({ initializers: [message({ 1: Buffer.concat([varint(2 ** 20), varint(2 ** 20)]), 2: 1, 8: 'w' })] }),
    /elements/,
  ],
]

describe('the scan of model.onnx', () => {
  it('accepts a plain model', () => {
    expect(() => checkGraph(irisModel())).not.toThrow()
  })

  it('accepts a subgraph and a constant that keep their data inside', () => {
    checkGraph(withAttribute(attribute.graph('then_branch', graph(irisGraph()))))
    checkGraph(withAttribute(attribute.tensor('value', floatTensor('c', [1], [1]))))
    checkGraph(made({ inputs: [...irisGraph().inputs, tensorInfo('s', elementType.string, [-1, 1])] }))
  })

  it.each(hostile)('refuses %s', (_name, bytes, said) => {
    expect(() => checkGraph(bytes)).toThrow(Refusal)
    expect(() => checkGraph(bytes)).toThrow(said)
  })

  it('ends with yes or a refusal on any bytes', () => {
    const judged = (bytes: Uint8Array) => {
      try {
        checkGraph(bytes)
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
      }
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), judged), { numRuns: 500 })
    const valid = irisModel()
    const mutated = fc
      .array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 })
      .map(changes => changes.reduce((bytes, [at, byte]) => bytes.with(at, byte), valid))
    fc.assert(fc.property(mutated, judged), { numRuns: 500 })
  })
})
