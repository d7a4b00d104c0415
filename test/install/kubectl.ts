// kubectl as a person types it, against one cluster; what it prints comes back, what it says on failure is thrown.
import { spawn } from 'node:child_process'
import type { ClusterInfo } from '../cluster/provider.ts'

export interface Answer {
  code: number
  printed: string
  said: string
}

export interface Kubectl {
  /** Throws with kubectl's own words when it fails. */
  (...args: string[]): Promise<string>
  /** Answers whatever happened. */
  attempt: (args: string[], input?: string) => Promise<Answer>
  json: <T>(...args: string[]) => Promise<T>
  apply: (input: unknown) => Promise<string>
}

export const kubectlFor = (cluster: Pick<ClusterInfo, 'kubectl' | 'kubeconfig'>, namespace?: string): Kubectl => {
  const scope = namespace ? ['--namespace', namespace] : []
  const attempt = (args: string[], input?: string) =>
    execute([cluster.kubectl, ...scope, ...args], { KUBECONFIG: cluster.kubeconfig }, input)
  const run = async (args: string[], input?: string) => {
    const answer = await attempt(args, input)
    if (answer.code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${answer.said.trim() || answer.printed.trim()}`)
    return answer.printed
  }
  return Object.assign((...args: string[]) => run(args), {
    attempt,
    json: async <T>(...args: string[]) => JSON.parse(await run([...args, '-o', 'json'])) as T,
    apply: (input: unknown) => run(['apply', '-f', '-'], typeof input === 'string' ? input : JSON.stringify(input)),
  })
}

/** Runs a program to its end and collects what it prints. */
export const execute = (command: string[], env: Record<string, string> = {}, input?: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const [program = '', ...args] = command
    const child = spawn(program, args, { env: { ...process.env, ...env } })
    let printed = ''
    let said = ''
    child.stdout.on('data', chunk => {
      printed += chunk
    })
    child.stderr.on('data', chunk => {
      said += chunk
    })
    child.on('error', reject)
    child.on('close', code => resolve({ code: code ?? -1, printed, said }))
    child.stdin.on('error', () => undefined)
    child.stdin.end(input ?? '')
  })
