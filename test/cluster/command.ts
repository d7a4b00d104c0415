// Runs a program to its end; a failure names what was tried and shows the end of what the program said.
import { spawn } from 'node:child_process'

export type CommandOptions = {
  cwd?: string
  env?: NodeJS.ProcessEnv
  /** Written to the program's standard input. */
  input?: string
  /** What the program is run for, for the error message. */
  purpose?: string
  /** Called with each piece of output as it comes. */
  onOutput?: (text: string) => void
}

export type CommandResult = { code: number; stdout: string /** Both outputs as they came. */; output: string }

const KEPT_LINES = 30

/** The last lines of a text, indented for an error message. */
export function lastLines(text: string, count = KEPT_LINES): string {
  const lines = text.trimEnd().split('\n').slice(-count)
  return lines.map(line => `    ${line}`).join('\n')
}

/** Runs a program and gives back how it ended, whatever the exit code. */
export function attempt(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const [program = '', ...args] = argv
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: options.cwd, env: options.env ?? process.env, stdio: 'pipe' })
    let stdout = ''
    let output = ''
    child.stdout.setEncoding('utf8').on('data', text => {
      stdout += text
      output += text
      options.onOutput?.(text)
    })
    child.stderr.setEncoding('utf8').on('data', text => {
      output += text
      options.onOutput?.(text)
    })
    child.on('error', error => reject(new Error(`${options.purpose ?? program}: cannot run ${program}: ${error.message}`)))
    child.on('close', (code, signal) => resolve({ code: code ?? (signal ? 128 : 1), stdout, output }))
    // A program that ends without reading its input closes the pipe early; its exit code says enough.
    child.stdin.on('error', () => {})
    child.stdin.end(options.input ?? '')
  })
}

/** Runs a program that must succeed and gives back its standard output. */
export async function run(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  const result = await attempt(argv, options)
  if (result.code === 0) return result.stdout
  const said = lastLines(result.output)
  const what = options.purpose ?? argv.slice(0, 4).join(' ')
  throw new Error(`${what} failed with exit code ${result.code}; the end of what it said:\n${said}`)
}
