// A gate run on bundles of the real trainer: numbers and texts, with holes in both, judged from what Python wrote.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { evidenceFor } from '../../images/server/gaterun/evidence.ts'
import { judgeAll } from '../../images/server/gaterun/judgeall.ts'
import type { Manifest } from '../../operator/api/bundle.ts'
import { bundleFile } from '../../operator/api/contract.ts'
import type { Gate } from '../../operator/api/gate.ts'
import type { GateReport } from '../../operator/api/gatejob.ts'
import { gateConfig, trainedFile } from './gatebundle.ts'
import { digestOf } from './samplebundle.ts'
import { type BundleName, trainedBundle } from './trainedbundle.ts'

/** Trained on rows that nobody else knows, as many as the manifest counts. */
const trained = async (name: BundleName, first: bigint) => {
  const { folder } = await trainedBundle(name)
  const { data } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest
  writeFileSync(join(folder, bundleFile.trainedRows), trainedFile(Array.from({ length: data.trainRows ?? 0 }, (_, i) => first + BigInt(i))))
  return { folder, digest: digestOf(folder) }
}

const checks: Gate[] = [{ check: 'parity' }, { check: 'smoke' }, { check: 'latency', atMost: 10_000 }, { check: 'signature' }]
const gates: Record<BundleName, Gate[]> = {
  iris: [{ metric: 'accuracy', versus: 'holder', margin: 0.2 }, ...checks],
  churn: [
    { metric: 'accuracy', versus: 'holder', margin: 0.1 },
    { metric: 'f1', versus: 'holder', margin: 0.1, slices: 'région', minSamples: 10, onInconclusive: 'PassIfNotWorse' },
    ...checks,
  ],
}

describe.each<BundleName>(['iris', 'churn'])('the trained %s', name => {
  let report: GateReport
  const close: (() => Promise<void>)[] = []

  beforeAll(async () => {
    const [challenger, holder] = [await trained(name, 0n), await trained(name, 1_000_000n)]
    const config = gateConfig({ challenger, holder, gates: gates[name] })
    const evidence = evidenceFor(
      { ...config, model: name },
      {
        server: new URL('../../images/server/main.ts', import.meta.url),
        log: () => {},
      },
    )
    close.push(() => evidence.close())
    report = await judgeAll({ config: { ...config, model: name }, evidence }, line => console.log(line))
  })
  afterAll(() => Promise.all(close.map(one => one())))

  it('passes every gate against itself', () => {
    expect(report.findings.map(({ name: gate, verdict }) => `${gate}: ${verdict}`)).toEqual(
      report.findings.map(({ name: gate }) => `${gate}: Pass`),
    )
    expect(report.findings).toHaveLength(gates[name].length)
    expect(report.testRows?.rows).toBeGreaterThanOrEqual(30)
  })
})
