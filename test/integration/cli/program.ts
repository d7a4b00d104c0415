// The command line as it is published, run as a process of its own with the kubeconfig of one person.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { run } from '../../cluster/command.ts'

const ROOT = join(import.meta.dirname, '../../..')
const NAME = 'kubectl-tidegate'

export interface Said {
  code: number
  out: string
  err: string
  milliseconds: number
}

export interface Program {
  /** The folder that holds it, for the PATH. */
  folder: string
  /** `seen` gets the process, to send it a signal. */
  run(args: readonly string[], kubeconfig: string, seen?: (child: ChildProcess) => void): Promise<Said>
  remove(): void
}

export const installed = async (): Promise<Program> => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-cli-'))
  await packed(folder)
  const path = join(folder, NAME, `${NAME}.mjs`)
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  symlinkSync(path, join(bin, NAME))
  return {
    folder: bin,
    run: (args, kubeconfig, seen) => started([process.execPath, path, ...args], { KUBECONFIG: kubeconfig }, seen),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** What the guide tells people to run. */
export const packed = async (folder: string): Promise<void> => {
  await run([process.execPath, 'operator/pack.ts', '--out', folder], { cwd: ROOT, purpose: 'packing the command line' })
}

export const started = (
  [program = '', ...args]: readonly string[],
  environment: Record<string, string>,
  seen: (child: ChildProcess) => void = () => {},
): Promise<Said> =>
  new Promise((resolve, reject) => {
    const begun = performance.now()
    const paths = [dirname(process.execPath), environment['PATH'], process.env['PATH']].filter(Boolean).join(':')
    const child = spawn(program, args, { env: { HOME: '/nonexistent', ...environment, PATH: paths } })
    let out = ''
    let err = ''
    child.stdout.setEncoding('utf8').on('data', text => (out += text))
    child.stderr.setEncoding('utf8').on('data', text => (err += text))
    child.on('error', reject)
    child.on('close', code => resolve({ code: code ?? -1, out, err, milliseconds: performance.now() - begun }))
    child.stdin.end()
    seen(child)
  })
