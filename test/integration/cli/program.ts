// The command line as the guide installs it, run as a process of its own with the kubeconfig of one person.
import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
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
  run(args: readonly string[], kubeconfig: string): Promise<Said>
  remove(): void
}

export const installed = async (): Promise<Program> => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-cli-'))
  const path = join(folder, NAME)
  await run(['sh', '-c', bundling(path)], { cwd: ROOT, purpose: 'bundling the command line' })
  chmodSync(path, 0o755)
  return {
    folder,
    run: (args, kubeconfig) => started([process.execPath, path, ...args], { KUBECONFIG: kubeconfig }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** The very command of the guide. */
const bundling = (path: string): string => {
  const guide = readFileSync(join(ROOT, 'docs/guide/cli.md'), 'utf8').replaceAll(/\\\n\s*/g, ' ')
  const [, command] = /^npx (esbuild operator\/cli\/main\.ts .*) --outfile=\S+$/m.exec(guide) ?? []
  if (command === undefined)
    throw new Error('docs/guide/cli.md has no line "npx esbuild operator/cli/main.ts … --outfile=…": adapt bundling to it')
  return `node_modules/.bin/${command} --log-level=warning --outfile='${path}'`
}

export const started = ([program = '', ...args]: readonly string[], environment: Record<string, string>): Promise<Said> =>
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
  })
