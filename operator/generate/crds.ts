// Renders the CustomResourceDefinitions: plain for kubectl, and as chart templates that Helm can upgrade.
import { type AnyDefinition, crd } from '../api/resource.ts'
import { yaml } from './yaml.ts'

const HEADER = '# Generated from operator/api by `npm run generate`; do not edit.\n'

export const crdYaml = (definition: AnyDefinition): string => HEADER + yaml(crd(definition))

/** Helm never upgrades its crds/ folder, so the CRDs are templates behind two switches. */
export const crdTemplate = (definition: AnyDefinition): string => {
  const plain = yaml(crd(definition))
  const named = `metadata:\n  name: ${definition.plural}.tidegate.io\n`
  const kept = `${named}  annotations:\n    {{- if .Values.crds.keep }}\n    helm.sh/resource-policy: keep\n    {{- end }}\n    tidegate.io/generated: "true"\n  labels:\n    {{- include "tidegate.labels" . | nindent 4 }}\n`
  return `${HEADER}{{- if .Values.crds.enabled }}\n${plain.replace(named, kept)}{{- end }}\n`
}
