// Every generated file of the repository with its content: the generator writes them, a test compares them.
import { kinds } from '../api/kinds.ts'
import { argocdPatch, argocdValues } from './argocd.ts'
import { crdTemplate, crdYaml } from './crds.ts'
import { python } from './python.ts'
import { reasonTable, reference } from './reference.ts'

/** Path from the root of the repository to content. */
export const files = (): Map<string, string> =>
  new Map([
    ...kinds.map((k): [string, string] => [`crds/${k.plural}.yaml`, crdYaml(k)]),
    ...kinds.map((k): [string, string] => [`charts/tidegate/templates/crd-${k.plural}.yaml`, crdTemplate(k)]),
    ...kinds.map((k): [string, string] => [`docs/api/${k.kind.toLowerCase()}.md`, `${reference(k)}\n`]),
    ['docs/api/reasons.md', `${reasonTable()}\n`],
    ['examples/gitops/argocd/argocd-cm.yaml', argocdPatch()],
    ['examples/gitops/argocd/values.yaml', argocdValues()],
    ['images/trainer/trainer/contract.py', `${python()}\n`],
  ])
