import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, describe, expect, it } from 'vitest'
import { isRunning, ownProcess } from '../../cluster/ownprocess.ts'
import { bundlingCommand } from './bundle.ts'
import { startOperator } from './operatorprocess.ts'

const folder = mkdtempSync(join(tmpdir(), 'tidegate-nowhere-'))
/** Where nobody listens: the operator must live on and wait. */
const kubeconfig = join(folder, 'kubeconfig')
writeFileSync(
  kubeconfig,
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'nowhere',
    clusters: [{ name: 'nowhere', cluster: { server: 'https://127.0.0.1:1' } }],
    users: [{ name: 'nobody', user: {} }],
    contexts: [{ name: 'nowhere', context: { cluster: 'nowhere', user: 'nobody' } }],
  }),
)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the operator as a process', () => {
  it('lives without an API server, is not ready, and says so', async () => {
    const operator = await startOperator({ kubeconfig, namespaces: ['a', 'b'] })
    // How soon it begins is not asked here.
    await expect.poll(() => operator.metrics().catch(() => ''), { timeout: 30_000 }).toContain('process_resident_memory_bytes')
    await expect(operator.ready(2)).rejects.toThrow(/not ready after 2 s: .*the first list has not come yet/s)
    expect(operator.end()).toBeUndefined()
    expect(await operator.stop()).toEqual({ code: 0, signal: null })
    expect(operator.lines.at(-1)).toMatchObject({ msg: 'stopped', inTime: true })
  })

  it('can be killed while it is frozen', async () => {
    const operator = await startOperator({ kubeconfig })
    operator.signal('SIGSTOP')
    const state = () => execFileSync('ps', ['-o', 'stat=', '-p', String(operator.pid)], { encoding: 'utf8' })
    await expect.poll(state, { timeout: 5000 }).toMatch(/^T/)
    operator.signal('SIGKILL')
    expect(await operator.ended).toEqual({ code: null, signal: 'SIGKILL' })
    await expect(operator.ready()).rejects.toThrow('the operator ended before it was ready (SIGKILL)')
  })

  it('tells why a start fails', async () => {
    const operator = await startOperator({ kubeconfig, env: { TIDEGATE_IMAGE_PULL_POLICY: 'Sometimes' } })
    await expect(operator.ready()).rejects.toThrow('TIDEGATE_IMAGE_PULL_POLICY is "Sometimes"')
    expect(await operator.ended).toEqual({ code: 1, signal: null })
  })

  it('does not outlive a test that was killed', async () => {
    const script = `
      import { startOperator } from ${JSON.stringify(join(import.meta.dirname, 'operatorprocess.ts'))}
      const { pid, metrics } = await startOperator({ kubeconfig: ${JSON.stringify(kubeconfig)} })
      while (!(await metrics().catch(() => ''))) await new Promise(resolve => setTimeout(resolve, 50))
      console.log(pid)
      setInterval(() => {}, 1000)`
    const test = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    const pid = Number(await new Promise<string>(resolve => createInterface({ input: test.stdout }).once('line', resolve)))
    const operator = ownProcess(pid, '')
    expect(isRunning(operator)).toBe(true)
    test.kill('SIGKILL')
    await expect.poll(() => isRunning(operator), { timeout: 5000 }).toBe(false)
  })

  it('is bundled by the command of its image', () => {
    const dockerfile = readFileSync(join(import.meta.dirname, '../../../images/operator/Dockerfile'), 'utf8')
    expect(existsSync(join(import.meta.dirname, '../../../operator/main.ts'))).toBe(true)
    expect(bundlingCommand(dockerfile, '/x/main.mjs')).toMatch(
      /^node_modules\/\.bin\/esbuild operator\/main\.ts --bundle .* --outfile='\/x\/main\.mjs'$/,
    )
    expect(() => bundlingCommand('FROM scratch\n', '/x')).toThrow('adapt bundlingCommand')
  })
})
