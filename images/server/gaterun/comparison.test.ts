// The comparison with the holder where the test rows are too few to decide it.
import { afterEach, describe, expect, it } from 'vitest'
import { bundleFile } from '../../../operator/api/contract.ts'
import type { Gate } from '../../../operator/api/gate.ts'
import { altered, type Contest, foldedRows, gateBundle, gateConfig, type TestRow, testRows } from '../../../test/conformance/gatebundle.ts'
import { type Evidence, evidenceFor } from './evidence.ts'
import { judgeAll } from './judgeall.ts'

const live: Evidence[] = []

const only = async (contest: Omit<Contest, 'gates'>, gate: Gate) => {
  const config = gateConfig({ ...contest, gates: [gate] })
  const evidence = evidenceFor(config, { server: new URL('../main.ts', import.meta.url), log: () => {} })
  live.push(evidence)
  const { findings } = await judgeAll({ config, evidence }, () => {})
  return findings[0]
}

afterEach(async () => {
  await Promise.all(live.splice(0).map(evidence => evidence.close()))
})

const WORSE = [0, 8, 0]
const versus: Gate = { metric: 'accuracy', versus: 'holder', margin: 0.05 }

describe('a version and the holder with too few test rows', () => {
  const rows = testRows(40)
  const narrow: Gate = { ...versus, outOfFold: true }
  const steady = foldedRows(3000, row => row % 20 === 0)
  const other = foldedRows(3000, row => row % 20 === 1)
  const bad = foldedRows(3000, row => row % 4 === 0)
  const made = (folded?: typeof steady, biases?: number[]) => gateBundle({ rows, ...(folded && { folded }), ...(biases && { biases }) })
  // Near enough that 40 rows do not tell them apart.
  const NEARBY = [6.4, 2.3, -2]

  it('are compared out of fold when the gate asks for it, and the line says what that compares', async () => {
    const contest = { challenger: made(other, NEARBY), holder: made(steady) }
    expect(await only(contest, versus)).toMatchObject({ verdict: 'Inconclusive' })
    const found = await only(contest, narrow)
    expect(found).toMatchObject({ name: 'accuracy versus holder, margin 0.05, else out of fold', verdict: 'Pass' })
    expect(found?.message).toMatch(
      /^accuracy 0\.\d+ vs 0\.\d+ of v5 on 40 rows: .*Inconclusive; about [\d,]+ rows would decide; out of fold, which compares how both were trained and not the models themselves: accuracy 0\.950 vs 0\.950 of v5 on 3,000 training rows in 5 folds, which count as 1,333: .*, margin 0\.05: NonInferior$/,
    )
  })

  it('are compared with more doubt where one of them was chosen by these answers', async () => {
    const chosen = gateBundle({ rows, folded: other, biases: NEARBY, change: manifest => ({ ...manifest, chosenFrom: 3 }) })
    for (const contest of [
      { challenger: chosen, holder: made(steady) },
      { challenger: made(steady), holder: chosen },
    ])
      expect((await only(contest, narrow))?.message).toContain('which count as 893, having chosen the best of 3: ')
  })

  it('fail when they are worse out of fold', async () => {
    expect(await only({ challenger: made(bad, NEARBY), holder: made(steady) }, narrow)).toMatchObject({
      verdict: 'Fail',
      message: expect.stringMatching(/: Worse$/),
    })
  })

  it.each([
    [
      'the holder was not cross-validated',
      () => ({ challenger: made(other, NEARBY), holder: made() }),
      /; out of fold: v5 has no out-of-fold answers \(its bundle has no evaluation\/out-of-fold\.bin\): train it/,
    ],
    [
      'the version was not cross-validated',
      () => ({ challenger: made(undefined, NEARBY), holder: made(steady) }),
      /; out of fold: v7 has no out-of-fold answers/,
    ],
    [
      'the holder was trained on other rows',
      () => ({ challenger: made(other, NEARBY), holder: made(steady.slice(1)) }),
      /; out of fold: v5 was trained on other rows, of whose 2,999 only 2,999 are among the 3,000 of this version$/,
    ],
    [
      'the file of the holder is damaged',
      () => ({ challenger: made(other, NEARBY), holder: altered(made(steady), bundleFile.outOfFold, text => text.slice(1)) }),
      /; out of fold: evaluation\/out-of-fold\.bin of v5: has 53999 bytes/,
    ],
  ])('stay undecided when %s', async (_, contest, message) => {
    expect(await only(contest(), narrow)).toMatchObject({ verdict: 'Inconclusive', message: expect.stringMatching(message) })
  })

  it('keep to the test rows where those decide', async () => {
    const many = testRows(400)
    const contest = { challenger: gateBundle({ rows: many, folded: bad }), holder: gateBundle({ rows: many, folded: steady }) }
    expect(await only(contest, narrow)).toMatchObject({ verdict: 'Pass', message: expect.not.stringContaining('out of fold') })
    const worse = {
      challenger: gateBundle({ rows: many, folded: other, biases: WORSE }),
      holder: gateBundle({ rows: many, folded: steady }),
    }
    expect(await only(worse, narrow)).toMatchObject({ verdict: 'Fail', message: expect.not.stringContaining('out of fold') })
  })

  it('are not compared on test rows that one of them knows, whatever is known out of fold', async () => {
    const known = steady.map((row, i) => (i === 0 ? { ...row, hash: BigInt(`0x${(rows[0] as TestRow).hash.slice(0, 16)}`) } : row))
    expect(await only({ challenger: made(other, NEARBY), holder: made(known) }, narrow)).toMatchObject({ verdict: 'Error' })
  })
})
