// The program as a Job starts it: one argument, a report in a file, and an exit code.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SUMMARY_MAX_BYTES } from '../../operator/api/contract.ts'
import { type GateConfig, GateReport } from '../../operator/api/gatejob.ts'
import { validateJson } from '../../operator/api/validate.ts'
import { gateBundle, gateConfig } from '../../test/conformance/gatebundle.ts'

const PROGRAM = join(import.meta.dirname, 'gate.ts')

interface Ended {
  code: number | null
  output: string
  /** What the kubelet would read. */
  report: string | undefined
}

const started = (args: string[], termination: string): { child: ChildProcess; said: () => string } => {
  let output = ''
  const child = spawn(process.execPath, ['--disable-proto=delete', PROGRAM, ...args], {
    env: { PATH: process.env['PATH'], TIDEGATE_TERMINATION_LOG: termination },
  })
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => (output += text))
  return { child, said: () => output }
}

const run = async (
  args: string[],
  termination = join(mkdtempSync(join(tmpdir(), 'tidegate-gate-')), 'termination-log'),
): Promise<Ended> => {
  const { child, said } = started(args, termination)
  const code = await new Promise<number | null>(resolve => child.once('close', resolve))
  return { code, output: said(), report: existsSync(termination) ? readFileSync(termination, 'utf8') : undefined }
}

const judging = (config: GateConfig) => ['--config', JSON.stringify(config)]

const reportOf = ({ report = '' }: Ended): GateReport => {
  const checked = validateJson(GateReport, report, SUMMARY_MAX_BYTES)
  if ('complaints' in checked) throw new Error(checked.complaints.join('; '))
  return checked.value
}

describe('the program of a gate run', () => {
  it('judges every gate, says so, and leaves its report', async () => {
    const config = gateConfig({
      challenger: gateBundle(),
      holder: gateBundle({ trained: [4n] }),
      gates: [
        { metric: 'accuracy', versus: 'holder', margin: 0.05 },
        { check: 'parity' },
        { check: 'smoke' },
        { check: 'signature' },
        { check: 'latency', atMost: 10_000 },
        { check: 'size', atMost: 1e9 },
        { check: 'overfit', metric: 'accuracy', atMost: 0.1 },
      ],
    })
    const ended = await run(judging(config))
    expect(ended).toMatchObject({ code: 0, output: expect.stringContaining('v7 of iris wants to enter Production, which v5 holds') })
    const { findings, ...rest } = reportOf(ended)
    expect(findings.map(({ verdict, message }) => `${verdict}: ${message}`).filter(said => !said.startsWith('Pass: '))).toEqual([])
    expect(findings).toHaveLength(config.gates.length)
    expect(rest).toMatchObject({ contract: 1, gateRun: 'run-1', testRows: { rows: 400 } })
    for (const { message } of findings) expect(ended.output).toContain(message)
  })

  it('ends with 0 and a report of Errors when there is no bundle', async () => {
    const { digest } = gateBundle()
    const ended = await run(
      judging(gateConfig({ challenger: { folder: '/nowhere', digest }, gates: [{ check: 'smoke' }, { check: 'parity' }] })),
    )
    expect(ended.code).toBe(0)
    const message = 'the bundle of v7 is not at /nowhere: check that its claim is mounted and still holds it'
    expect(reportOf(ended).findings).toMatchObject([
      { verdict: 'Error', message },
      { verdict: 'Error', message },
    ])
  })

  it.each([
    ['nothing', [], 'call it with --config'],
    ['another argument', ['--help'], 'call it with --config'],
    ['no JSON', ['--config', '{'], 'the text is not JSON'],
    ['an empty object', ['--config', '{}'], 'contract is missing'],
    ['no gates', judging({ ...gateConfig({ challenger: gateBundle(), gates: [] }) }), 'gates has 0 items: at least 1'],
  ])('with %s says what is wrong, leaves no report and ends with 42', async (_, args, complaint) => {
    expect(await run(args)).toEqual({ code: 42, output: expect.stringContaining(complaint), report: undefined })
  })

  it('does not end with 0 when the report cannot be written', async () => {
    const config = gateConfig({ challenger: gateBundle(), gates: [{ check: 'size', atMost: 1e9 }] })
    const ended = await run(judging(config), '/nowhere/termination-log')
    expect(ended).toMatchObject({ code: 1, report: undefined })
  })

  it('ends at once when it is told to, and its server with it', async () => {
    const config = gateConfig({ challenger: gateBundle(), gates: [{ check: 'latency', atMost: 10_000, quantile: 0.9999 }] })
    const { child, said } = started(judging(config), join(tmpdir(), 'tidegate-never-written'))
    const ended = new Promise<number | null>(resolve => child.once('close', resolve))
    while (!said().includes('"message":"Ready"')) await new Promise(resolve => setTimeout(resolve, 20))
    const port = /"port":(\d+)/.exec(said())?.[1]
    child.kill('SIGTERM')
    expect(await ended).toBe(1)
    await expect(fetch(`http://127.0.0.1:${port}/livez`)).rejects.toThrow('fetch failed')
  })
})
