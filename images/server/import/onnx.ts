// One ONNX file: known by its sha256, judged by the rules of the server, and made into a bundle with what it answers here.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Manifest } from '../../../operator/api/bundle.ts'
import { CONTRACT_VERSION } from '../../../operator/api/contract.ts'
import type { ImportConfig, ImportReport } from '../../../operator/api/importjob.ts'
import { digestOfBundle, readBundle } from '../bundle/folder.ts'
import { checkGraph } from '../bundle/graph.ts'
import { type Bundle, bundleOf } from '../bundle/load.ts'
import { limits } from '../limits.ts'
import type { Answer } from '../session/messages.ts'
import { isMadeAgain } from './again.ts'
import { evaluationIn } from './evaluation.ts'
import { measured } from './measure.ts'
import { onnxFile } from './onnxfile.ts'
import { isTaken, type Place, placeFor, publish } from './place.ts'
import { Refused } from './refused.ts'
import { answers, replay } from './replay.ts'
import { type Cell, madeUpRows, type Table, tableFrom, typedRows } from './rows.ts'
import { noteRun } from './runfile.ts'
import { type Open, save, sharedBytes, write } from './save.ts'
import { type FileSignature, signatureFrom } from './signature.ts'

/** As many as the trainer keeps are too many to make up; a few show a difference. */
const GOLDEN_ROWS = 16
/** The same graph on another processor. */
const TOLERANCE = 1e-4

export const importOnnx = async (config: ImportConfig, open: Open): Promise<Omit<ImportReport, 'contract' | 'asked'>> => {
  const place = placeFor(config.root, config.path)
  try {
    const { digest, manifest } = await published(config, await made(config, open, place), place)
    return { digest, ...evaluationIn(manifest) }
  } finally {
    place.discard()
  }
}

const made = async (config: ImportConfig, open: Open, { draft }: Place): Promise<Bundle> => {
  if (config.rows && !existsSync(config.rows.file))
    throw new Error('the ConfigMap that spec.import.rows names, or its key, does not exist: create it in this namespace')
  const file = join(draft, 'model.onnx')
  const { sha256 } = await save(open, file, { name: 'the file', maxBytes: limits.bundle.modelBytes })
  if (`sha256:${sha256}` !== config.digest)
    throw new Refused(
      `the source holds a file with sha256:${sha256}, and spec.digest is ${config.digest}: correct the digest, or the source`,
    )
  const model = sharedBytes(file)
  checkGraph(new Uint8Array(model))
  const manifest = Buffer.from(`${JSON.stringify(await described(config, model), null, 2)}\n`)
  write(join(draft, 'manifest.json'), manifest)
  // As every server will: what was just written has to be right.
  const bundle = bundleOf({ digest: digestOfBundle(draft), manifest, model })
  await replay(bundle)
  return bundle
}

const described = async (config: ImportConfig, model: SharedArrayBuffer): Promise<Manifest> => {
  const table = config.rows && tableFrom(readFileSync(config.rows.file), config.rows.target)
  const signature = signatureFrom(onnxFile(new Uint8Array(model)), table?.header, config.labels)
  const rows = table ? typedRows(table, signature) : madeUpRows(signature)
  const draft = manifestOf(config, signature, { rows, table })
  const answer = await answers({ digest: config.digest, manifest: draft, model }, rows)
  checkLabels(answer, signature.labels.length)
  const metrics = table?.actual ? measured(signature.labels, table.actual, answer) : []
  return { ...draft, metrics, golden: goldenOf(rows, answer, signature.labels.length) }
}

interface Known {
  rows: Cell[][]
  table: Table | undefined
}

const manifestOf = (config: ImportConfig, { onnx, columns, labels }: FileSignature, { rows, table }: Known): Manifest => ({
  contract: CONTRACT_VERSION,
  model: config.model,
  task: 'classification',
  algorithm: 'imported',
  parameters: {},
  target: config.rows?.target ?? 'label',
  labels,
  inputs: columns.map(({ name, type }, i) => {
    const cells = rows.map(row => row[i] ?? null)
    return { name, type, nullable: cells.includes(null), example: cells.find(cell => cell !== null) ?? (type === 'number' ? 0 : '') }
  }),
  onnx,
  golden: { rows: rows.slice(0, GOLDEN_ROWS), labels: [], probabilities: [], tolerance: TOLERANCE },
  metrics: [],
  data: { source: 'primary', described: 'imported as an ONNX file', ...(table?.actual && { testRows: rows.length }) },
  packages: {},
})

const goldenOf = (rows: Cell[][], { labels, probabilities }: Answer, width: number): Manifest['golden'] => {
  const golden = rows.slice(0, GOLDEN_ROWS)
  return {
    rows: golden,
    labels: golden.map((_, row) => labels[row] as number),
    probabilities: golden.map((_, row) => [...probabilities.subarray(row * width, (row + 1) * width)]),
    tolerance: TOLERANCE,
  }
}

/** The server takes a label for a place among the probabilities: classes such as 1 and 2 would be served under wrong names. */
const checkLabels = ({ labels, probabilities }: Answer, width: number): void => {
  for (const [row, label] of labels.entries()) {
    const own = probabilities.subarray(row * width, (row + 1) * width)
    const largest = Math.max(...own)
    if ((own[label] as number) < largest - TOLERANCE)
      throw new Refused(
        `the model answers row ${row + 1} with label ${label}, and the highest probability is that of place ${own.indexOf(largest)}: export it with classes 0, 1, 2 and so on, in the order of its probabilities`,
      )
  }
}

/** What stands there already may be of an earlier try, which nobody heard; anything else is somebody's. */
const published = async (config: ImportConfig, bundle: Bundle, place: Place): Promise<Bundle> => {
  const { path } = config
  if (!isTaken(place, path)) {
    noteRun(place.draft, config)
    publish(place)
    return bundle
  }
  if (digestOfBundle(place.folder) === bundle.digest) return bundle
  const found = bundleOf(readBundle(place.folder))
  if (sha256Of(found) !== config.digest || !isMadeAgain(found.manifest, bundle.manifest, TOLERANCE))
    throw new Refused(`another bundle, ${found.digest}, stands at spec.artifact.path ${path}: choose another path`)
  await replay(found)
  return found
}

const sha256Of = ({ model }: Bundle): string => `sha256:${createHash('sha256').update(new Uint8Array(model)).digest('hex')}`
