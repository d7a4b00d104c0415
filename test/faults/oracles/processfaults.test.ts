import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { startOperator } from '../operator/operatorprocess.ts'
import { footprint, grown } from './footprint.ts'
import { processFaults } from './processfaults.ts'

const folder = mkdtempSync(join(tmpdir(), 'tidegate-nowhere-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Where nobody listens. */
const kubeconfig = join(folder, 'kubeconfig')
const cluster = { server: 'https://127.0.0.1:1' }
const contexts = [{ name: 'x', context: { cluster: 'x', user: 'x' } }]
writeFileSync(
  kubeconfig,
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'x',
    clusters: [{ name: 'x', cluster }],
    users: [{ name: 'x', user: {} }],
    contexts,
  }),
)

/** The operator, and something beside it that misbehaves. */
const withFlaw = (flaw: string) => startOperator({ kubeconfig, flags: ['--import', `data:text/javascript,${encodeURIComponent(flaw)}`] })

const untilListening = async (url: string) => {
  await expect
    .poll(
      () =>
        fetch(`${url}/livez`).then(
          ({ status }) => status,
          () => 0,
        ),
      { timeout: 10_000 },
    )
    .toBe(200)
}

describe('a process', () => {
  it('that does its work and ends when asked to is without fault', async () => {
    const operator = await startOperator({ kubeconfig })
    await untilListening(operator.url)
    expect(processFaults(operator)).toEqual([])
    expect(processFaults(operator, { ended: { code: 0, signal: null } })).toEqual(['it runs, and was to be one that ended with code 0'])
    await operator.stop()
    expect(processFaults(operator, { ended: { code: 0, signal: null } })).toEqual([])
    expect(processFaults(operator)).toEqual(['it ended with code 0, and was to be one that runs'])
  })

  it('that leaves a rejection unhandled is at fault, even where errors are allowed', async () => {
    const flaw = `const timer = setInterval(() => {
      if (process.listenerCount('unhandledRejection') === 0) return
      clearInterval(timer)
      Promise.reject(new Error('left alone'))
    }, 50)`
    const operator = await withFlaw(flaw)
    await operator.ended
    const faults = processFaults(operator, { allowed: [/left alone/], ended: { code: 1, signal: null } })
    expect(faults).toHaveLength(1)
    expect(faults[0]).toMatch(/unhandled rejection.*left alone|left alone.*unhandled rejection/)
  })

  it('that reports an error is at fault unless the plan explains it', () => {
    const said = {
      lines: [
        { level: 'error', msg: 'pass failed' },
        { level: 'warn', msg: 'cut' },
      ],
      noise: [],
      end: () => undefined,
    }
    expect(processFaults(said)).toEqual(['it says: {"level":"error","msg":"pass failed"}'])
    expect(processFaults(said, { allowed: [/pass failed/] })).toEqual([])
    expect(processFaults({ ...said, lines: [], noise: ['(node:1) Warning: a leak'] })).toEqual(['it says: (node:1) Warning: a leak'])
  })
})

const MIB = 2 ** 20

describe('the footprint', () => {
  it('of a process at rest stays as it is', async () => {
    const operator = await startOperator({ kubeconfig })
    await untilListening(operator.url)
    const base = await footprint(operator)
    expect(base.heapBytes).toBeGreaterThan(4 * MIB)
    expect(grown(base, await footprint(operator), { heapBytes: MIB, connections: 2, files: 2 })).toEqual([])
    expect(processFaults(operator)).toEqual([])
    await operator.stop()
  })

  it('of one that forgets nothing and closes nothing grows', async () => {
    const flaw = `globalThis.kept = []; setInterval(() => {
      kept.push(Array.from({ length: 10000 }, (_, i) => ({ i })));
      const port = process.env.TIDEGATE_HEALTH_PORT;
      if (process.uptime() > 1.5) import('node:net').then(({ connect }) => kept.push(connect(port, '127.0.0.1')))
    }, 50)`
    const operator = await withFlaw(flaw)
    await untilListening(operator.url)
    const base = await footprint(operator)
    await expect
      .poll(
        async () => grown(base, await footprint(operator), { heapBytes: MIB, connections: 4, files: 100 }).map(told => told.split(':')[0]),
        { timeout: 20_000 },
      )
      .toEqual(['heapBytes', 'connections'])
    await operator.stop()
  })
})
