import { afterEach, describe, expect, it } from 'vitest'
import { bundleFile } from '../../../operator/api/contract.ts'
import { type Gate, gateName } from '../../../operator/api/gate.ts'
import type { GateReport } from '../../../operator/api/gatejob.ts'
import { altered, type Contest, gateBundle, gateConfig, type TestRow, testRows } from '../../../test/conformance/gatebundle.ts'
import { type Evidence, evidenceFor } from './evidence.ts'
import { judgeAll } from './judgeall.ts'

const server = new URL('../main.ts', import.meta.url)
const log = () => {}
const live: Evidence[] = []

const reportOn = (contest: Contest): Promise<GateReport> => {
  const config = gateConfig(contest)
  const evidence = evidenceFor(config, { server, log })
  live.push(evidence)
  return judgeAll({ config, evidence }, log)
}
const only = async (contest: Omit<Contest, 'gates'>, gate: Gate) => {
  const { findings } = await reportOn({ ...contest, gates: [gate] })
  return findings[0]
}

afterEach(async () => {
  await Promise.all(live.splice(0).map(evidence => evidence.close()))
})

const WORSE = [0, 8, 0]
const ROWS = testRows(400)
const hashOf = (row: number) => (ROWS[row] as TestRow).hash
const versus: Gate = { metric: 'accuracy', versus: 'holder', margin: 0.05 }
const inTwo = (rows: TestRow[]) => rows.map((row, i) => ({ ...row, values: [...row.values.slice(0, 3), i % 2 === 0 ? 0.25 : 1.75] }))

describe('a version and the holder', () => {
  it('are compared on the same rows, which are told', async () => {
    const report = await reportOn({ challenger: gateBundle(), holder: gateBundle({ trained: [4n] }), gates: [versus] })
    expect(report).toEqual({
      contract: 1,
      gateRun: 'run-1',
      testRows: { digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/), rows: 400 },
      findings: [
        {
          name: 'accuracy versus holder, margin 0.05',
          verdict: 'Pass',
          message: expect.stringMatching(/^accuracy (0\.\d+) vs \1 of v5 on 400 rows: Δ 0\.000 .*margin 0\.05: NonInferior$/),
        },
      ],
    })
  })

  it('are told apart when one is worse, in either place', async () => {
    const [good, bad] = [gateBundle(), gateBundle({ biases: WORSE, trained: [4n] })]
    expect(await only({ challenger: bad, holder: good }, versus)).toMatchObject({
      verdict: 'Fail',
      message: expect.stringMatching(/: Worse$/),
    })
    expect(await only({ challenger: good, holder: bad }, { ...versus, margin: 0 })).toMatchObject({
      verdict: 'Pass',
      message: expect.stringMatching(/: Better$/),
    })
  })

  it.each(['balanced_accuracy', 'precision', 'recall', 'f1', 'roc_auc', 'log_loss'])('are compared by %s', async metric => {
    const [good, bad] = [gateBundle(), gateBundle({ biases: WORSE, trained: [4n] })]
    expect(await only({ challenger: bad, holder: good }, { ...versus, metric })).toMatchObject({ verdict: 'Fail' })
  })

  it('are not compared while nobody holds the stage', async () => {
    const report = await reportOn({ challenger: gateBundle(), gates: [versus, { check: 'signature' }] })
    expect(report.findings.map(({ verdict, message }) => [verdict, message])).toEqual([
      ['Pass', 'nobody holds Production yet: there is nothing to compare with'],
      ['Pass', 'nobody is served from Production yet: there are no clients to keep'],
    ])
    expect(report.testRows).toBeUndefined()
  })

  it('are left undecided by fewer rows than the gate asks for', async () => {
    const contest = { challenger: gateBundle(), holder: gateBundle({ trained: [4n] }) }
    expect(await only(contest, { ...versus, minSamples: 400 })).toMatchObject({ verdict: 'Pass' })
    expect(await only(contest, { ...versus, minSamples: 401 })).toMatchObject({ verdict: 'Inconclusive' })
  })

  it('are not compared without rows, whatever the gate says about that', async () => {
    const contest = { challenger: gateBundle({ rows: [] }), holder: gateBundle({ trained: [4n] }) }
    expect(await only(contest, versus)).toMatchObject({ verdict: 'Error', message: 'there are no test rows' })
    expect(await only(contest, { ...versus, onNoData: 'Fail' })).toMatchObject({ verdict: 'Fail' })
  })

  it('are not compared on rows that the holder was trained on', async () => {
    const contest = { challenger: gateBundle(), holder: gateBundle({ trained: [4n, hashOf(7)] }) }
    expect(await only(contest, versus)).toMatchObject({
      verdict: 'Error',
      message: 'the holder was trained on 1 of 400 test rows: compare on rows that neither model has seen',
    })
  })

  it('are not compared on rows whose twins the challenger alone was trained on', async () => {
    const contest = { challenger: gateBundle({ trained: [4n, hashOf(7)] }), holder: gateBundle() }
    expect(await only(contest, versus)).toMatchObject({
      verdict: 'Error',
      message: expect.stringContaining('identical to 1 of 400 test rows'),
    })
  })

  it('are compared on rows whose twins both were trained on', async () => {
    const contest = { challenger: gateBundle({ trained: [4n, hashOf(7)] }), holder: gateBundle({ trained: [hashOf(7)] }) }
    expect(await only(contest, versus)).toMatchObject({
      verdict: 'Pass',
      message: expect.stringMatching(/; 1 of the rows have twins that both were trained on$/),
    })
  })

  it('are not compared when they have other columns or another target', async () => {
    const renamed = gateBundle({
      change: manifest => ({
        ...manifest,
        inputs: manifest.inputs.map(input => (input.name === 'petal_width' ? { ...input, name: 'breadth' } : input)),
        onnx: {
          ...manifest.onnx,
          inputs: manifest.onnx.inputs.map(tensor => ({ ...tensor, columns: tensor.columns?.with(3, 'breadth') })),
        },
      }),
    })
    expect(await only({ challenger: gateBundle(), holder: renamed }, versus)).toMatchObject({
      verdict: 'Error',
      message: expect.stringMatching(
        /^v5 has other input columns \(it lacks petal_width \(number\) and has breadth \(number\)\): it cannot be/,
      ),
    })
    const retargeted = gateBundle({ change: manifest => ({ ...manifest, target: 'genus' }) })
    expect(await only({ challenger: gateBundle(), holder: retargeted }, versus)).toMatchObject({
      verdict: 'Error',
      message: expect.stringMatching(/^v5 predicts genus, and not species: /),
    })
  })

  it('are compared when the same columns stand in another order', async () => {
    const reordered = gateBundle({
      trained: [4n],
      change: manifest => ({
        ...manifest,
        inputs: manifest.inputs.toReversed(),
        golden: { ...manifest.golden, rows: manifest.golden.rows.map(row => row.toReversed()) },
      }),
    })
    expect(await only({ challenger: gateBundle(), holder: reordered }, versus)).toMatchObject({ verdict: 'Pass' })
  })

  it('are compared within each value of a column', async () => {
    const rows = inTwo(testRows(1000))
    const [good, bad] = [gateBundle({ rows }), gateBundle({ rows, biases: WORSE, trained: [4n] })]
    const sliced: Gate = { ...versus, slices: 'petal_width' }
    expect(await only({ challenger: good, holder: gateBundle({ trained: [4n] }) }, sliced)).toMatchObject({
      name: 'accuracy versus holder for each petal_width, margin 0.05',
      verdict: 'Pass',
      message: '2 of 2 slices judged: 2 Pass',
    })
    expect(await only({ challenger: bad, holder: good }, sliced)).toMatchObject({ verdict: 'Fail' })
    expect(await only({ challenger: good, holder: bad }, { ...sliced, slices: 'colour' })).toMatchObject({
      verdict: 'Error',
      message: 'slices names colour, which is no input column; the columns are sepal_length, sepal_width, petal_length, petal_width',
    })
  })

  it.each([
    ['no margin', { margin: undefined }, 'margin is NaN'],
    ['an unknown metric', { metric: 'r2' }, 'metric is r2; it must be one of accuracy'],
    ['fewer samples than decide anything', { minSamples: 1 }, 'minSamples is 1; it must be a whole number from 10'],
  ])('are not compared with %s', async (_, change, complaint) => {
    const found = await only({ challenger: gateBundle(), holder: gateBundle({ trained: [4n] }) }, { ...versus, ...change })
    expect(found).toMatchObject({ verdict: 'Error', message: expect.stringContaining(complaint) })
  })
})

describe('a version alone', () => {
  it('answers its golden rows and its test rows as Python did', async () => {
    expect(await only({ challenger: gateBundle() }, { check: 'parity' })).toMatchObject({
      verdict: 'Pass',
      message: expect.stringMatching(
        /^3 golden rows and 400 test rows: largest difference of a probability \d\.\de-\d+, at most 1e-5 is allowed$/,
      ),
    })
  })

  it('fails parity by a single test row, or by its golden rows', async () => {
    const off = altered(gateBundle(), bundleFile.predictions, text => text.replace(/^([0-9a-f]{64},\w+,\w+),([^,]+)/m, '$1,0.123'))
    expect(await only({ challenger: off }, { check: 'parity' })).toMatchObject({ verdict: 'Fail' })
    const wrong = gateBundle({ change: manifest => ({ ...manifest, golden: { ...manifest.golden, labels: [2, 1, 2] } }) })
    expect(await only({ challenger: wrong }, { check: 'parity' })).toMatchObject({
      verdict: 'Fail',
      message: 'the bundle of v7 is refused (ParityFailed): Golden row 0 is answered with label 0; Python answered 2.',
    })
  })

  it.each([
    ['size', { check: 'size', atMost: 100 }, 'Fail'],
    ['size', { check: 'size', atMost: 10_000_000 }, 'Pass'],
    ['overfit', { check: 'overfit', metric: 'accuracy', atMost: 0.1 }, 'Pass'],
    ['overfit', { check: 'overfit', metric: 'accuracy', atMost: 0.01 }, 'Fail'],
    ['overfit', { check: 'overfit', metric: 'f1', atMost: 1 }, 'Error'],
    ['overfit', { check: 'overfit', metric: 'f1', atMost: 1, onNoData: 'Inconclusive' }, 'Inconclusive'],
    ['overfit', { check: 'overfit', metric: 'r2', atMost: 1 }, 'Error'],
    ['overfit', { check: 'overfit', metric: 'accuracy', atMost: 1, minSamples: 401 }, 'Inconclusive'],
    ['parity', { check: 'parity', minSamples: 401 }, 'Inconclusive'],
    ['size', { check: 'size' }, 'Error'],
    ['nothing', { metric: 'accuracy', atLeast: 0.5 }, 'Error'],
  ] as const)('is judged by %s: %j is %s', async (_, gate, verdict) => {
    expect(await only({ challenger: gateBundle() }, gate)).toMatchObject({ verdict })
  })

  it('keeps the clients of the holder, or not', async () => {
    const narrower = gateBundle({ change: manifest => ({ ...manifest, inputs: manifest.inputs.map(input => ({ ...input, maximum: 9 })) }) })
    const signature: Gate = { check: 'signature' }
    expect(await only({ challenger: gateBundle(), holder: narrower }, signature)).toMatchObject({
      verdict: 'Pass',
      message: 'signature compatible (v5 is served)',
    })
    expect(await only({ challenger: narrower, holder: gateBundle() }, signature)).toMatchObject({ verdict: 'Fail' })
  })
})

describe('a report', () => {
  it('has one finding for each gate, in their order, also for two of one name', async () => {
    const gates: Gate[] = [{ check: 'size', atMost: 1e9 }, versus, { check: 'size', atMost: 1e9 }, { ...versus, minSamples: 9999 }, versus]
    const { findings } = await reportOn({ challenger: gateBundle(), holder: gateBundle({ trained: [4n] }), gates })
    expect(findings.map(({ name }) => name)).toEqual(gates.map(gateName))
    expect(findings.map(({ verdict }) => verdict)).toEqual(['Pass', 'Pass', 'Pass', 'Inconclusive', 'Pass'])
  })

  it('has no line end that data brought in', async () => {
    const change = gateBundle({ change: manifest => ({ ...manifest, target: 'a\u001b[2J\nb' }) })
    const found = await only({ challenger: gateBundle(), holder: change }, versus)
    expect(found?.message).toMatch(/^v5 predicts a \[2J b, and not species/)
  })
})
