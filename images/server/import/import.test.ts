import { cpSync, existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Manifest } from '../../../operator/api/bundle.ts'
import type { ImportConfig } from '../../../operator/api/importjob.ts'
import { attribute, elementType, floatTensor, graph, model, node, sequenceOfMaps, tensorInfo } from '../../../test/conformance/onnx.ts'
import { irisGraph, irisModel, LABELS, mixedBundle, NUMBERS, sampleBundle } from '../../../test/conformance/samplebundle.ts'
import { classifier, csv, emptyClaim, fromPath, rowsFile, sha256 } from '../../../test/imports/classifier.ts'
import { digestOfBundle } from '../bundle/folder.ts'
import { importFrom } from './from.ts'
import { placeFor } from './place.ts'
import { isFinal } from './refused.ts'

const bring = (config: ImportConfig) => importFrom(config, {})

/** What is thrown, and whether it is final. */
const failure = async (config: ImportConfig): Promise<string> => {
  const thrown: unknown = await bring(config).then(
    () => 'nothing is refused',
    (error: unknown) => error,
  )
  return `${isFinal(thrown) ? 'final' : 'again'}: ${thrown instanceof Error ? thrown.message : String(thrown)}`
}

const written = (content: Uint8Array, name = 'model.onnx'): string => {
  const file = join(emptyClaim(), name)
  writeFileSync(file, content)
  return file
}

const onnx = (content: Uint8Array, more: Partial<ImportConfig> = {}) => fromPath(written(content), sha256(content), more)

const manifestAt = ({ root, path }: ImportConfig) => JSON.parse(readFileSync(join(root, path, 'manifest.json'), 'utf8')) as Manifest

/** Hidden ones included. */
const seen = ({ root }: ImportConfig) => readdirSync(root, { recursive: true, encoding: 'utf8' }).toSorted()

describe('a folder with a bundle', () => {
  it('comes over with the same digest, and what was measured of it', async () => {
    const { folder, digest } = sampleBundle()
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest
    expect(manifest.data.testRows).toBeUndefined()
    const config = fromPath(folder, digest)
    expect(await bring(config)).toEqual({ contract: 1, asked: digest, digest })
    expect(digestOfBundle(join(config.root, config.path))).toBe(digest)
    expect(seen(config)).toEqual([
      'iris',
      'iris/v4',
      'iris/v4/evaluation',
      'iris/v4/evaluation/report.json',
      'iris/v4/manifest.json',
      'iris/v4/model.onnx',
      'iris/v4/run.json',
    ])
  })

  it('that says on how many rows it was measured brings its evaluation along', async () => {
    const { folder } = sampleBundle()
    const file = join(folder, 'manifest.json')
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest
    writeFileSync(file, JSON.stringify({ ...manifest, data: { ...manifest.data, testRows: 30 } }))
    const { evaluation } = await bring(fromPath(folder, digestOfBundle(folder)))
    expect(evaluation).toEqual({ rows: 30, metrics: [{ name: 'accuracy', value: 0.9 }] })
  })

  it('is brought once: another try finds it and is done', async () => {
    const { folder, digest } = mixedBundle()
    const config = fromPath(folder, digest)
    const first = await bring(config)
    rmSync(folder, { recursive: true })
    mkdirSync(folder)
    expect(await bring(config)).toEqual(first)
  })

  it('that is already in its place is left as it is', async () => {
    const { folder, digest } = sampleBundle()
    const root = emptyClaim()
    cpSync(folder, join(root, 'v4'), { recursive: true })
    const config = fromPath(join(root, 'v4'), digest, { root, path: 'v4' })
    expect(await bring(config)).toMatchObject({ digest })
    expect(readdirSync(root)).toEqual(['v4'])
  })

  it.each<[string, (folder: string) => void, RegExp]>([
    [
      'has another digest',
      folder => writeFileSync(join(folder, 'evaluation/more.txt'), 'x'),
      /^final: the source holds a bundle with the digest sha256:\w+, and spec.digest is/,
    ],
    ['has no manifest', folder => rmSync(join(folder, 'manifest.json')), /^final: The bundle has no manifest.json/],
    [
      'holds a link',
      folder => symlinkSync('/etc/passwd', join(folder, 'evaluation/passwd')),
      /^final: evaluation\/passwd is a link or a device/,
    ],
    ['is nested deeply', folder => mkdirSync(join(folder, 'a/b/c/d/e'), { recursive: true }), /^final: a\/b\/c\/d is nested deeper/],
  ])('that %s is refused, and nothing of it stays', async (_, damage, said) => {
    const { folder, digest } = sampleBundle()
    damage(folder)
    const config = fromPath(folder, digest)
    expect(await failure(config)).toMatch(said)
    expect(seen(config).filter(path => path !== 'iris')).toEqual([])
  })

  it('whose model is not the one of its manifest is refused by the rules of the server', async () => {
    const { folder, digest } = sampleBundle({ model: irisModel([0, 0, 0]) })
    expect(await failure(fromPath(folder, digest))).toMatch(/^final: Golden row 0 is answered with probabilities that differ/)
  })

  it('whose hard links would lead elsewhere is copied into files of its own', async () => {
    const { folder, digest } = sampleBundle()
    linkSync(join(folder, 'model.onnx'), join(emptyClaim(), 'again'))
    expect(await bring(fromPath(folder, digest))).toMatchObject({ digest })
  })
})

describe('what earlier tries left', () => {
  it('never counts, and is cleared away by the next one', async () => {
    const { folder, digest } = sampleBundle()
    const config = fromPath(folder, digest)
    const { draft } = placeFor(config.root, config.path)
    cpSync(folder, draft, { recursive: true })
    expect(existsSync(draft)).toBe(true)
    await bring(config)
    expect(existsSync(draft)).toBe(false)
    expect(readdirSync(join(config.root, 'iris'))).toEqual(['v4'])
  })

  it('and what others keep there is not touched', async () => {
    const { folder, digest } = sampleBundle()
    const config = fromPath(folder, digest)
    cpSync(sampleBundle({ model: irisModel([1, 2, 3]) }).folder, join(config.root, config.path), { recursive: true })
    const before = digestOfBundle(join(config.root, config.path))
    expect(await failure(config)).toMatch(/^final: another bundle, sha256:\w+, stands at spec.artifact.path iris\/v4/)
    expect(digestOfBundle(join(config.root, config.path))).toBe(before)
  })

  it('is never followed out of the claim', async () => {
    const { folder, digest } = sampleBundle()
    const config = fromPath(folder, digest)
    symlinkSync(emptyClaim(), join(config.root, 'iris'))
    expect(await failure(config)).toMatch(/^final: iris of spec.artifact.path iris\/v4 is a link or a file/)
  })
})

describe('one ONNX file', () => {
  it('becomes a bundle with the signature that it has and the answers that it gives', async () => {
    const config = onnx(classifier())
    const { digest, evaluation, asked } = await bring(config)
    expect(asked).toBe(sha256(classifier()))
    expect(digest).toBe(digestOfBundle(join(config.root, config.path)))
    expect(evaluation).toBeUndefined()
    const manifest = manifestAt(config)
    expect(manifest.labels).toEqual(['0', '1', '2'])
    expect(manifest.inputs.map(({ name, type }) => `${name} ${type}`)).toEqual([0, 1, 2, 3].map(i => `numeric_${i} number`))
    expect(manifest.golden.rows).toHaveLength(3)
    expect(manifest.onnx).toMatchObject({ opset: 18, irVersion: 8 })
  })

  it('is measured on rows with the target, by names of columns and classes', async () => {
    const config = onnx(classifier(), { labels: LABELS, rows: { file: rowsFile(), target: 'species' } })
    const { evaluation } = await bring(config)
    expect(evaluation?.rows).toBe(60)
    const metrics = Object.fromEntries((evaluation?.metrics ?? []).map(metric => [metric.name, metric]))
    expect(metrics['accuracy']?.value).toBeCloseTo(0.9, 10)
    // By hand: the Wilson interval of 54 in 60.
    expect(metrics['accuracy']).toMatchObject({ interval: 'wilson', low: expect.closeTo(0.79851, 4), high: expect.closeTo(0.95336, 4) })
    expect(Object.keys(metrics)).toEqual(['accuracy', 'balanced_accuracy', 'precision', 'recall', 'f1', 'roc_auc', 'log_loss'])
    const manifest = manifestAt(config)
    expect(manifest.inputs.map(({ name }) => name)).toEqual(NUMBERS)
    expect(manifest.golden.rows).toHaveLength(16)
    expect(manifest.target).toBe('species')
  })

  it('gives the same bundle when it is made again', async () => {
    const more = { labels: LABELS, rows: { file: rowsFile(), target: 'species' } }
    const first = await bring(onnx(classifier(), more))
    expect(await bring(onnx(classifier(), more))).toEqual(first)
  })

  it('whose rows are not there yet is tried again', async () => {
    const config = onnx(classifier(), { rows: { file: join(emptyClaim(), 'rows.csv') } })
    expect(await failure(config)).toMatch(/^again: the ConfigMap that spec.import.rows names, or its key, does not exist: create it/)
  })

  it('with other bytes than were asked for is refused', async () => {
    const config = fromPath(written(classifier()), sha256('other'))
    expect(await failure(config)).toMatch(/^final: the source holds a file with sha256:\w+, and spec.digest is sha256:/)
    expect(seen(config)).toEqual(['iris'])
  })

  const iris = irisGraph()
  const withOutputs = (...outputs: Uint8Array[]) => model(graph({ ...iris, outputs }))
  const withInputs = (...inputs: Uint8Array[]) => model(graph({ ...iris, inputs }))
  const [label, probabilities] = iris.outputs as [Uint8Array, Uint8Array]

  it.each<[string, Uint8Array, RegExp]>([
    ['is no ONNX at all', Buffer.from('not a model'), /^final: model.onnx is no ONNX model/],
    ['is empty', new Uint8Array(), /^final: model.onnx is empty/],
    [
      'keeps its data elsewhere',
      model(graph({ ...iris, initializers: [...(iris.initializers ?? []), external()] })),
      /^final: model.onnx keeps tensor data outside the file/,
    ],
    [
      'has foreign operators',
      model(graph(iris), {}, { '': 18, 'com.example': 1 }),
      /^final: model.onnx uses operators of the domain "com.example"/,
    ],
    ['answers maps', withOutputs(label, sequenceOfMaps('probabilities')), /^final: model.onnx has "probabilities", which is no tensor/],
    [
      'answers other names',
      withOutputs(tensorInfo('class', elementType.int64, [-1]), probabilities),
      /^final: the file has the outputs class, probabilities: export a classifier/,
    ],
    [
      'answers texts',
      withOutputs(tensorInfo('label', elementType.string, [-1]), probabilities),
      /^final: output label is BYTES: export the model with classes 0, 1, 2/,
    ],
    ['takes one row', withInputs(tensorInfo('numeric', elementType.float, [1, 4])), /^final: input "numeric" takes 1 rows only/],
    [
      'takes a cube',
      withInputs(tensorInfo('numeric', elementType.float, [-1, 4, 4])),
      /^final: input "numeric" has the shape \[-1, 4, 4\]/,
    ],
    ['takes whole numbers', withInputs(tensorInfo('numeric', elementType.int64, [-1, 4])), /^final: input "numeric" is INT64/],
    ['counts other classes than it says', withOutputs(label, tensorInfo('probabilities', elementType.float, [-1, 4])), /^final: /],
  ])('that %s is refused', async (_, content, said) => {
    expect(await failure(onnx(content))).toMatch(said)
  })

  it('whose labels are no places among its probabilities is refused', async () => {
    const attributes = [attribute.int('axis', 1), attribute.int('keepdims', 0)]
    const nodes = [...iris.nodes.slice(0, 2), node({ op: 'ArgMin', inputs: ['probabilities'], outputs: ['label'], attributes })]
    expect(await failure(onnx(model(graph({ ...iris, nodes }))))).toMatch(
      /^final: the model answers row 1 with label \d, and the highest probability is that of place \d/,
    )
  })

  it.each<[string, string, Partial<ImportConfig>, RegExp]>([
    [
      'a class that it does not know',
      csv(),
      { rows: { file: '', target: 'species' } },
      /has the class "setosa" in record 2; the file answers 0, 1, 2: name its classes in spec.import.labels/,
    ],
    [
      'no target',
      csv().replace('species', 'kind'),
      { labels: LABELS, rows: { file: '', target: 'species' } },
      /has no column species, which spec.import.rows.target names/,
    ],
    [
      'a word for a number',
      csv().replace(/^5\.\d*,/m, 'wide,'),
      { labels: LABELS, rows: { file: '', target: 'species' } },
      /has "wide" for sepal_length in record \d+/,
    ],
    [
      'too few columns',
      'a,b,species\n1,2,setosa\n',
      { labels: LABELS, rows: { file: '', target: 'species' } },
      /the rows have the columns a, b; the file takes numeric_0/,
    ],
    ['no rows', 'a,b\n', { rows: { file: '' } }, /has no rows below its header/],
    ['a quote that never closes', 'a,"b\n1,2\n', { rows: { file: '' } }, /ends within quotes/],
    ['two labels for three classes', csv(), { labels: ['a', 'b'] }, /spec.import.labels has 2 names, and the file answers 3 classes/],
  ])('with rows that have %s is refused', async (_, content, more, said) => {
    const rows = more.rows && { ...more.rows, file: rowsFile(content) }
    expect(await failure(onnx(classifier(), { ...more, ...(rows && { rows }) }))).toMatch(said)
  })

  it('that is not there, or is a link, is refused', async () => {
    const config = onnx(classifier())
    const linked = join(config.source ?? '', 'linked.onnx')
    symlinkSync(join(config.source ?? '', 'model.onnx'), linked)
    expect(await failure({ ...config, from: { claim: { name: 'models', path: 'linked.onnx' } } })).toMatch(
      /^final: linked.onnx of linked.onnx on claim models is a link/,
    )
    expect(await failure({ ...config, from: { claim: { name: 'models', path: 'none.onnx' } } })).toMatch(
      /^final: claim models has no none.onnx/,
    )
  })
})

/** A tensor whose bytes are said to be in another file. */
function external(): Uint8Array {
  const plain = floatTensor('far', [1], [1])
  // data_location = EXTERNAL
  return Uint8Array.from([...plain, 14 * 8, 1])
}
