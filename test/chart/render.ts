// Renders the chart with real Helm beside a real API server, for the tests that judge what comes out.
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { type Binaries, binaries } from '../cluster/binaries.ts'
import { attempt, type CommandResult, run } from '../cluster/command.ts'
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from '../cluster/controlplane.ts'

export interface Rendered {
  apiVersion: string
  kind: string
  metadata: { name: string; namespace?: string; annotations?: Record<string, string> }
  spec: Record<string, unknown>
}

interface PodSpec {
  containers: Record<string, unknown>[]
  securityContext?: unknown
}

/** An API server that knows our kinds, and Helm. */
export interface Workbench {
  plane: ControlPlane
  tools: Binaries<'helm' | 'kubeconform'>
  kubectl: (args: readonly string[], input?: unknown) => Promise<CommandResult>
  helm: (...args: string[]) => Promise<CommandResult>
  template: (...values: string[]) => Promise<CommandResult>
}

const root = join(import.meta.dirname, '../..')
export const chart = join(root, 'charts/tidegate')

export const openWorkbench = async (options: ControlPlaneOptions = {}): Promise<Workbench> => {
  const tools = await binaries(['helm', 'kubeconform'])
  const plane = await startControlPlane(options)
  const asAdmin = [plane.kubectl, '--kubeconfig', plane.kubeconfig]
  await run([...asAdmin, 'apply', '--server-side', '-f', join(root, 'crds')])
  await run([...asAdmin, 'wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s'])
  const helm = (...args: string[]) => attempt([tools.helm, '--kubeconfig', plane.kubeconfig, ...args])
  return {
    plane,
    tools,
    helm,
    kubectl: (args, input) => attempt([...asAdmin, ...args], { input: input === undefined ? '' : JSON.stringify(input) }),
    template: (...values) =>
      helm('template', 'tidegate', chart, '-n', 'default', '--kube-version', '1.36.0', ...values.flatMap(value => ['--set', value])),
  }
}

/** The objects that these values render; a warning of Helm counts as a failure. */
export const rendered = async (bench: Workbench, ...values: string[]): Promise<Rendered[]> => {
  const { code, stdout, output } = await bench.template(...values)
  if (code !== 0 || output !== stdout)
    throw new Error(`helm template with ${values.join(' ') || 'no values'} said: ${output.slice(0, 1000)}`)
  const documents = parseAllDocuments(stdout).map(document => document.toJS() as Rendered | null)
  return documents.filter(document => document !== null)
}

/** The pod that a Deployment would create, for a judge of pods; its account need not exist. */
export const operatorPod = (objects: readonly Rendered[], deployment = 'tidegate') => {
  const template = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === deployment)?.spec['template']
  const { metadata, spec } = template as { metadata: object; spec: PodSpec }
  return { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name: 'judged' }, spec: { ...spec, serviceAccountName: 'default' } }
}
