// The objects of the example at rest, as a real API server gave them for two runs in two namespaces; managedFields were left out.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KubeObject } from '../../../../operator/runtime/shape.ts'

export const NAMESPACES = ['faults-one', 'faults-two'] as const

const lines = readFileSync(join(import.meta.dirname, 'example.jsonl'), 'utf8')
  .trim()
  .split('\n')

/** A fresh copy. */
export const recorded = (namespace: string): KubeObject[] =>
  lines.map(line => JSON.parse(line) as KubeObject).filter(({ metadata }) => metadata.namespace === namespace)

/** The copy with one object changed by hand. */
export const altered = (namespace: string, kind: string, change: (object: KubeObject) => void): KubeObject[] => {
  const objects = recorded(namespace)
  const found = objects.find(object => object.kind === kind)
  if (!found) throw new Error(`no ${kind} was recorded in ${namespace}`)
  change(found)
  return objects
}
