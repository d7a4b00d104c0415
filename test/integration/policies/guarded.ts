// A real API server with the chart installed by Helm, and people who come with certificates and roles of their own.
import { expect, vi } from 'vitest'
import { chart, openWorkbench, type Workbench } from '../../chart/render.ts'
import { attempt, type CommandResult } from '../../cluster/command.ts'
import type { User } from '../../cluster/kubeconfig.ts'

export const OPERATOR = 'system:serviceaccount:default:tidegate'

type Kubectl = (args: readonly string[], input?: unknown) => Promise<CommandResult>

export interface Guarded {
  bench: Workbench
  /** kubectl of a person, with a client certificate and nothing else. */
  as: (user: User) => Promise<Kubectl>
  /** kubectl of the operator's service account, with a token. */
  asOperator: () => Promise<Kubectl>
  /** Binds a ClusterRole, or a Role that is made of the rules, to someone in a namespace. */
  bind: (binding: Binding) => Promise<void>
  stop: () => Promise<void>
}

interface Binding {
  who: string
  namespace: string
  role: string | object[]
}

const said = ({ code, output }: CommandResult, what: string): void => {
  if (code !== 0) throw new Error(`${what} said: ${output}`)
}

const kubectlWith =
  (argv: readonly string[]): Kubectl =>
  (args, input) =>
    attempt([...argv, ...args], { input: input === undefined ? '' : JSON.stringify(input) })

const subject = (who: string) =>
  who.startsWith('system:serviceaccount:')
    ? { kind: 'ServiceAccount', namespace: who.split(':')[2], name: who.split(':')[3] }
    : { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: who }

const bindingOf = ({ who, namespace, role }: Binding): object[] => {
  const name = `${who.replaceAll(':', '-')}-${typeof role === 'string' ? role : 'own'}`
  const rbac = (kind: string, rest: object) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind,
    metadata: { name, namespace },
    ...rest,
  })
  const given = typeof role === 'string' ? { kind: 'ClusterRole', name: role } : { kind: 'Role', name }
  return [
    ...(typeof role === 'string' ? [] : [rbac('Role', { rules: role })]),
    rbac('RoleBinding', { roleRef: { apiGroup: 'rbac.authorization.k8s.io', ...given }, subjects: [subject(who)] }),
  ]
}

export const openGuarded = async (controllers: readonly string[]): Promise<Guarded> => {
  const bench = await openWorkbench({ controllers: ['clusterrole-aggregation-controller', ...controllers] })
  const { plane } = bench
  said(await bench.helm('install', 'tidegate', chart, '--namespace', 'default', '--set', 'crds.enabled=false'), 'helm install')
  return {
    bench,
    as: async user => kubectlWith([plane.kubectl, '--kubeconfig', await plane.kubeconfigFor(user)]),
    asOperator: async () => {
      const { stdout } = await bench.kubectl(['create', 'token', 'tidegate', '--namespace', 'default'])
      const server = ['--kubeconfig', '/dev/null', '--server', plane.server, '--certificate-authority', plane.caFile]
      return kubectlWith([plane.kubectl, ...server, '--token', stdout.trim()])
    },
    bind: async binding =>
      said(await bench.kubectl(['apply', '-f', '-'], { apiVersion: 'v1', kind: 'List', items: bindingOf(binding) }), 'apply'),
    stop: plane.stop,
  }
}

/** Tries until the answer has these words: a policy, or a role, takes a moment until it holds. */
export const until = (words: string, ask: () => Promise<CommandResult>): Promise<void> =>
  vi.waitFor(async () => expect((await ask()).output).toContain(words), { timeout: 60_000, interval: 500 })

/** Tries until it is done: a refusal may well have the words of a success in it. */
export const untilDone = (ask: () => Promise<CommandResult>): Promise<void> =>
  vi.waitFor(async () => expect(await ask()).toMatchObject({ code: 0 }), { timeout: 60_000, interval: 500 })
