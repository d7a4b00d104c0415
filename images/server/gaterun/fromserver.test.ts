import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import type { Gate } from '../../../operator/api/gate.ts'
import { gateBundle, gateConfig } from '../../../test/conformance/gatebundle.ts'
import { type Evidence, evidenceFor } from './evidence.ts'
import { judgeAll } from './judgeall.ts'
import { requestsFor } from './latency.ts'

const main = new URL('../main.ts', import.meta.url)
const live: Evidence[] = []
const gates: Gate[] = [{ check: 'smoke' }, { check: 'latency', atMost: 10_000 }]

const run = async (challenger = gateBundle(), { asked = gates, server = main } = {}) => {
  const lines: string[] = []
  const log = (line: string) => lines.push(line)
  const config = gateConfig({ challenger, gates: asked })
  const evidence = evidenceFor(config, { server, log })
  live.push(evidence)
  return { evidence, lines, findings: (await judgeAll({ config, evidence }, log)).findings }
}

/** The real server, after some words of ours. */
const serverAfter = (words: string) => {
  const script = join(mkdtempSync(join(tmpdir(), 'tidegate-server-')), 'server.ts')
  writeFileSync(script, `${words}\nawait import(${JSON.stringify(main.href)})\n`)
  return pathToFileURL(script)
}

afterEach(async () => {
  await Promise.all(live.splice(0).map(evidence => evidence.close()))
})

describe('a server with the bundle', () => {
  it('is started once, answers as Python did, refuses what is broken, is fast enough, and ends', async () => {
    const { findings, evidence, lines } = await run(gateBundle(), {
      asked: [...gates, { check: 'latency', atMost: 0.0001, quantile: 0.5 }],
    })
    expect(findings).toMatchObject([
      {
        verdict: 'Pass',
        message: expect.stringMatching(
          /^3 rows to \/predict and to the Open Inference Protocol answered as Python did \(largest difference of a probability \d\.\de-\d+\); a broken request refused with 400$/,
        ),
      },
      { verdict: 'Pass', message: expect.stringMatching(/^p99 [\d.]+ ms of 501 requests/) },
      { verdict: 'Fail', message: expect.stringMatching(/^p50 [\d.]+ ms of 501 requests/) },
    ])
    const { connection } = await evidence.trial()
    await evidence.close()
    await expect(connection.get('/livez')).rejects.toThrow('did not answer')
    expect(lines.filter(line => line.includes('Listening'))).toHaveLength(1)
    expect(lines.some(line => line.includes('Stopped'))).toBe(true)
  })

  it('fails smoke when it refuses the bundle, and measures no latency', async () => {
    const wrong = gateBundle({ change: manifest => ({ ...manifest, golden: { ...manifest.golden, labels: [2, 1, 2] } }) })
    const { findings } = await run(wrong)
    expect(findings).toMatchObject([
      { verdict: 'Fail', message: expect.stringMatching(/^the server does not serve the bundle \(ParityFailed\): Golden row 0/) },
      { verdict: 'Error', message: expect.stringMatching(/^the bundle of v7 is refused \(ParityFailed\)/) },
    ])
  })

  it('fails smoke when it answers otherwise than the bundle should', async () => {
    const other = gateBundle({ biases: [0, 8, 0] })
    const words = `process.env.TIDEGATE_BUNDLE = ${JSON.stringify(other.folder)}; delete process.env.TIDEGATE_DIGEST`
    const { findings } = await run(gateBundle(), { asked: [{ check: 'smoke' }], server: serverAfter(words) })
    expect(findings).toMatchObject([
      { verdict: 'Fail', message: expect.stringMatching(/^\/predict answers 1 row otherwise than Python did/) },
    ])
  })

  it.each([
    ['ends at once', "console.log('no disk'); process.exit(3)", 'the server ended before it listened (exit code 3): no disk'],
    ['ends while it loads', "setTimeout(() => process.kill(process.pid, 'SIGKILL'), 0)", /^the server (ended|did not answer)/],
    ['is not there', undefined, /^the server ended before it listened \(exit code 1\)/],
  ])('that %s is an Error for both gates', async (_, words, message) => {
    const server = words === undefined ? new URL('./nowhere.ts', import.meta.url) : serverAfter(words)
    const { findings } = await run(gateBundle(), { server })
    const finding = { verdict: 'Error', message: typeof message === 'string' ? message : expect.stringMatching(message) }
    expect(findings).toMatchObject([finding, finding])
  })
})

describe('requests to measure latency by', () => {
  it.each([
    [[], 500],
    [[0.5], 500],
    [[0.99], 501],
    [[0.5, 0.999], 5016],
    [[0.999999], 50_000],
  ])('for quantiles %j are %d', (quantiles, requests) => {
    expect(requestsFor(quantiles)).toBe(requests)
  })
})
