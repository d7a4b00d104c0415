// What each binary is built from, and where the one built from the present sources lies.
import { join } from 'node:path'
import { cacheFolder } from './cache.ts'
import { contentKey } from './contentkey.ts'

/** The Go modules that pin every version: traefik needs replacements that the others must not see, and the last two are no part of a cluster. */
export type Module = 'kubernetes' | 'traefik' | 'healthjudge' | 's3server'

export const MODULE_FOLDERS: Record<Module, string> = {
  kubernetes: join(import.meta.dirname, 'binaries'),
  traefik: join(import.meta.dirname, 'binaries', 'traefik'),
  healthjudge: join(import.meta.dirname, 'binaries', 'healthjudge'),
  s3server: join(import.meta.dirname, 'binaries', 's3server'),
}

// Without the version the node reports a bogus one, and clients warn about the skew.
export const LDFLAGS = '-s -w -X k8s.io/component-base/version.gitVersion=v1.36.3'

type Recipe = { package: string; module?: Module; sources?: readonly string[]; output?: string }

const RECIPES = {
  // Go names a binary after its package, and etcd's package is called server.
  etcd: { package: 'go.etcd.io/etcd/server/v3', output: 'server' },
  'kube-apiserver': { package: 'k8s.io/kubernetes/cmd/kube-apiserver' },
  'kube-controller-manager': { package: 'k8s.io/kubernetes/cmd/kube-controller-manager' },
  kubectl: { package: 'k8s.io/kubernetes/cmd/kubectl' },
  'kube-scheduler': { package: 'k8s.io/kubernetes/cmd/kube-scheduler' },
  kubelet: { package: 'k8s.io/kubernetes/cmd/kubelet' },
  'kube-proxy': { package: 'k8s.io/kubernetes/cmd/kube-proxy' },
  'metrics-server': { package: 'sigs.k8s.io/metrics-server/cmd/metrics-server' },
  helm: { package: 'helm.sh/helm/v4/cmd/helm' },
  kubeconform: { package: 'github.com/yannh/kubeconform/cmd/kubeconform' },
  coredns: { package: './coredns', sources: ['coredns/main.go'] },
  pause: { package: './pause', sources: ['pause/main.go'] },
  traefik: { package: 'github.com/traefik/traefik/v3/cmd/traefik', module: 'traefik', sources: ['dns.go.txt'] },
  healthjudge: { package: '.', module: 'healthjudge', sources: ['main.go'] },
  s3server: { package: '.', module: 's3server', sources: ['main.go'] },
} as const satisfies Record<string, Recipe>

export type Binary = keyof typeof RECIPES

export const ALL_BINARIES = Object.keys(RECIPES) as Binary[]
export const CONTROL_PLANE_BINARIES = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'] as const satisfies Binary[]

export function recipe(name: Binary): Required<Recipe> {
  return { module: 'kubernetes', sources: [], output: name, ...RECIPES[name] }
}

/** The path of the binary that the present sources make, built or not. */
export function binaryPath(name: Binary): string {
  const { module, package: source, sources } = recipe(name)
  const files = ['go.mod', 'go.sum', ...sources].map(file => join(MODULE_FOLDERS[module], file))
  return join(cacheFolder('bin', name), contentKey([name, source, LDFLAGS, process.arch], files), name)
}
