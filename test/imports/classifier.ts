// An ONNX file as somebody would bring it who trained elsewhere: one tensor of four numbers, three classes, no manifest.
import { createHash } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { ImportConfig } from '../../operator/api/importjob.ts'
import { irisModel, LABELS, NUMBERS, probabilitiesOf } from '../conformance/samplebundle.ts'

export const sha256 = (content: Uint8Array | string): string => `sha256:${createHash('sha256').update(content).digest('hex')}`

export const classifier = (): Uint8Array => irisModel()

/** Rows around the three classes; every tenth says another class than the model does. */
export const csv = (rows = 60): string => {
  const lines = Array.from({ length: rows }, (_, i) => {
    const values =
      [
        [5.1, 3.5, 1.4, 0.2],
        [6, 2.7, 4.2, 1.3],
        [6.7, 3.1, 5.6, 2.4],
      ][i % 3]?.map(value => Math.fround(value + (i % 7) / 50)) ?? []
    const shares = probabilitiesOf(values)
    const label = shares.indexOf(Math.max(...shares))
    return [...values, LABELS[i % 10 === 9 ? (label + 1) % 3 : label]].join(',')
  })
  return [[...NUMBERS, 'species'].join(','), ...lines, ''].join('\n')
}

export const emptyClaim = (): string => mkdtempSync(join(tmpdir(), 'tidegate-claim-'))

/** A file that stands for one of a ConfigMap. */
export const rowsFile = (content = csv()): string => {
  const file = join(emptyClaim(), 'rows.csv')
  writeFileSync(file, content)
  return file
}

export const importConfig = (given: Pick<ImportConfig, 'digest' | 'from'> & Partial<ImportConfig>): ImportConfig => ({
  contract: 1,
  model: 'iris',
  root: emptyClaim(),
  path: 'iris/v4',
  ...given,
})

/** An import from a claim: `file` is a path on this machine. */
export const fromPath = (file: string, digest: string, more: Partial<ImportConfig> = {}): ImportConfig =>
  importConfig({ digest, source: dirname(file), from: { claim: { name: 'models', path: file.slice(dirname(file).length + 1) } }, ...more })
