// What a gate is judged by, taken away in every way: then it never passes, and the gates beside it are judged as before.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bundleFile } from '../../../operator/api/contract.ts'
import type { Gate } from '../../../operator/api/gate.ts'
import type { GateConfig } from '../../../operator/api/gatejob.ts'
import { altered, type GateBundle, gateBundle, gateConfig } from '../../../test/conformance/gatebundle.ts'
import { evidenceFor } from './evidence.ts'
import { judgeAll } from './judgeall.ts'

type Piece = 'bundle' | 'manifest' | 'model' | 'rows' | 'trained' | 'trainingMetric' | 'testMetric'
type Side = 'challenger' | 'holder'

interface Damage {
  to: string
  destroys: Piece[]
  change: (bundle: GateBundle) => GateBundle
}

const file =
  (path: string, destroys: Piece[], change: (text: string) => string | Uint8Array | undefined) =>
  (to: string): Damage => ({
    to,
    destroys,
    change: bundle => altered(bundle, path, change),
  })
const manifest = (destroys: Piece[], change: (text: string) => string | undefined) => file('manifest.json', destroys, change)
const predictions = (change: (text: string) => string | undefined) => file(bundleFile.predictions, ['rows'], change)
const trained = (change: (text: string) => string | undefined) => file(bundleFile.trainedRows, ['trained'], change)
const whole =
  (change: (bundle: GateBundle) => GateBundle) =>
  (to: string): Damage => ({ to, destroys: ['bundle'], change })
const without = (member: string) => (text: string) => JSON.stringify({ ...(JSON.parse(text) as object), [member]: [] })

const inManifest: Damage[] = [
  manifest(['manifest'], () => '')('an empty manifest'),
  manifest(['manifest'], text => text.slice(0, -1))('a manifest one character short'),
  manifest(['manifest'], text => text.replace(/"accuracy","value":[\d.]+/, '"accuracy","value":NaN'))('a metric that is NaN'),
  manifest(['trainingMetric'], without('trainingMetrics'))('no metrics of training rows'),
  manifest(['testMetric'], without('metrics'))('no metrics of test rows'),
]
const inModel: Damage[] = [
  file('model.onnx', ['model'], () => '')('an empty model'),
  file('model.onnx', ['model'], text => text.slice(0, -1))('a model one byte short'),
  file('model.onnx', ['model'], text => text.replace('Softmax', 'Softmix'))('a model with an operator that does not exist'),
]
const inRows: Damage[] = [
  predictions(() => undefined)('no test rows'),
  predictions(() => '')('an empty file of test rows'),
  predictions(text => text.slice(0, text.indexOf('\n') + 1))('a header without test rows'),
  predictions(text => text.replace(/[^\n]+\n$/, ''))('one test row less'),
  predictions(text => text.replace(/\n[^\n]+\n$/, '\n'))('one test row less, at the end'),
  predictions(text => text.replace(/^([0-9a-f]{64},\w+,\w+),([^,]+)/m, '$1,nan'))('a probability that is NaN'),
  predictions(text => text.replace(/^[0-9a-f]{64}/m, ''))('a row without a hash'),
]
const inTrained: Damage[] = [
  trained(() => undefined)('no training rows'),
  trained(() => '')('an empty file of training rows'),
  trained(text => text.slice(8))('one training row less'),
  trained(text => text.slice(1))('one byte less of training rows'),
]
const inFolder: Damage[] = [
  whole(({ digest }) => ({ folder: join(tmpdir(), 'tidegate-not-there'), digest }))('no folder'),
  whole(({ digest }) => ({ folder: mkdtempSync(join(tmpdir(), 'tidegate-empty-')), digest }))('an empty folder'),
  whole(({ folder }) => ({ folder, digest: `sha256:${'0'.repeat(64)}` }))('another digest'),
]

/** Of one file a bundle suffers one damage at most; the folder comes last, because a change of a file registers it anew. */
const damages = { manifest: inManifest, model: inModel, rows: inRows, trained: inTrained, folder: inFolder }

const judged: { name: string; gate: Gate; needs: Record<Side, Piece[]> }[] = [
  {
    name: 'versus',
    gate: { metric: 'accuracy', versus: 'holder', margin: 0.1 },
    needs: { challenger: ['bundle', 'manifest', 'model', 'rows', 'trained'], holder: ['bundle', 'manifest', 'model', 'trained'] },
  },
  { name: 'parity', gate: { check: 'parity' }, needs: { challenger: ['bundle', 'manifest', 'model', 'rows'], holder: [] } },
  { name: 'signature', gate: { check: 'signature' }, needs: { challenger: ['bundle', 'manifest'], holder: ['bundle', 'manifest'] } },
  { name: 'size', gate: { check: 'size', atMost: 1e9 }, needs: { challenger: ['bundle'], holder: [] } },
  {
    name: 'overfit',
    gate: { check: 'overfit', metric: 'accuracy', atMost: 0.5 },
    needs: { challenger: ['bundle', 'manifest', 'trainingMetric', 'testMetric'], holder: [] },
  },
]

type Suffered = Record<Side, Damage[]>

const verdictsOn = async (config: GateConfig): Promise<string[]> => {
  const evidence = evidenceFor(config, { server: new URL('../main.ts', import.meta.url), log: () => {} })
  try {
    const { findings } = await judgeAll({ config, evidence }, () => {})
    return findings.map(({ verdict }) => verdict)
  } finally {
    await evidence.close()
  }
}

const passedAfter = async (suffered: Suffered, gates: Gate[]): Promise<boolean[]> => {
  const damaged = (bundle: GateBundle, all: Damage[]) => all.reduce((sum, { change }) => change(sum), bundle)
  const config = gateConfig({
    challenger: damaged(gateBundle(), suffered.challenger),
    holder: damaged(gateBundle({ trained: [4n, 5n] }), suffered.holder),
    gates,
  })
  return (await verdictsOn(config)).map(verdict => verdict === 'Pass')
}

const expected = (suffered: Suffered) =>
  judged.map(({ needs }) =>
    (['challenger', 'holder'] as const).every(side =>
      suffered[side].every(({ destroys }) => !destroys.some(piece => needs[side].includes(piece))),
    ),
  )

const all = judged.map(({ gate }) => gate)

describe('gates whose evidence is', () => {
  it('whole all pass', async () => {
    expect(await passedAfter({ challenger: [], holder: [] }, all)).toEqual(judged.map(() => true))
  })

  it.each(Object.values(damages).flat())('a challenger with $to: those that need it do not pass, the others do', async damage => {
    const suffered = { challenger: [damage], holder: [] }
    expect(await passedAfter(suffered, all)).toEqual(expected(suffered))
  })

  it.each(Object.values(damages).flat())('a holder with $to: those that need it do not pass, the others do', async damage => {
    const suffered = { challenger: [], holder: [damage] }
    expect(await passedAfter(suffered, all)).toEqual(expected(suffered))
  })

  it('damaged in several ways pass only where nothing that they need is missing', async () => {
    const some = fc
      .record(Object.fromEntries(Object.entries(damages).map(([where, list]) => [where, fc.option(fc.constantFrom(...list), { freq: 2 })])))
      .map(drawn => Object.keys(damages).flatMap(where => drawn[where] ?? []))
    await fc.assert(
      fc.asyncProperty(some, some, async (challenger, holder) => {
        expect(await passedAfter({ challenger, holder }, all)).toEqual(expected({ challenger, holder }))
      }),
      { numRuns: 12 },
    )
  })

  it.each(inFolder)('a challenger with $to are not even asked of a server', async damage => {
    const server: Gate[] = [{ check: 'smoke' }, { check: 'latency', atMost: 1e9 }]
    expect(await passedAfter({ challenger: [damage], holder: [] }, server)).toEqual([false, false])
  })

  it.each(inFolder)('a challenger with $to do not pass either while nobody holds the stage', async ({ change }) => {
    const gates: Gate[] = [{ metric: 'accuracy', versus: 'holder', margin: 0.1 }, { check: 'signature' }]
    expect(await verdictsOn(gateConfig({ challenger: change(gateBundle()), gates }))).toEqual(['Error', 'Error'])
  })
})
