// Renders the contract for the trainer: constants, typed dictionaries, and the JSON Schemas they were made from.
import { algorithms } from '../api/algorithms.ts'
import { builtinTargets } from '../api/builtin.ts'
import { DataReport, Manifest, Metric, Progress, RunnerUp, Summary, stages, TrainerConfig } from '../api/bundle.ts'
import { bundleFile, CONTRACT_VERSION, exitCode, port, SUMMARY_MAX_BYTES, trainerEnv, trainerPath } from '../api/contract.ts'
import { comparedMetrics } from '../api/gate.ts'

interface Node {
  type?: string
  enum?: readonly string[]
  properties?: Record<string, Node>
  required?: string[]
  items?: Node
  additionalProperties?: Node
  description?: string
}

const named: [string, Node][] = [
  ['Metric', Metric],
  ['DataReport', DataReport],
  ['TrainerConfig', TrainerConfig],
  ['Progress', Progress],
  ['RunnerUp', RunnerUp],
  ['Summary', Summary],
  ['Manifest', Manifest],
] as [string, Node][]

/** The whole of contract.py. */
export const python = (): string =>
  [
    '"""The contract with the operator. Generated from the API definition; do not edit."""',
    'from typing import Any, Final, Literal, NotRequired, TypedDict',
    constants(),
    typedDicts(),
    `ALGORITHMS: Final[dict[str, dict[str, dict[str, Any]]]] = ${literal(algorithms)}`,
    `SCHEMAS: Final[dict[str, dict[str, Any]]] = ${literal(Object.fromEntries(named.map(([name, node]) => [name, jsonSchema(node)])))}`,
  ].join('\n\n')

const constants = () =>
  [
    `CONTRACT_VERSION: Final = ${CONTRACT_VERSION}`,
    `SUMMARY_MAX_BYTES: Final = ${SUMMARY_MAX_BYTES}`,
    `PROGRESS_PORT: Final = ${port.progress}`,
    ...Object.entries(exitCode).map(([name, code]) => `EXIT_${snake(name)}: Final = ${code}`),
    ...Object.entries(trainerPath).map(([name, path]) => `PATH_${snake(name)}: Final = ${literal(path)}`),
    ...Object.entries(trainerEnv).map(([name, variable]) => `ENV_${snake(name)}: Final = ${literal(variable)}`),
    ...Object.entries(bundleFile).map(([name, path]) => `FILE_${snake(name)}: Final = ${literal(path)}`),
    `STAGES: Final = (${stages.map(s => literal(s)).join(', ')})`,
    `METRICS: Final = (${comparedMetrics.map(s => literal(s)).join(', ')})`,
    `BUILTIN_TARGETS: Final[dict[str, str]] = ${literal(builtinTargets)}`,
  ].join('\n')

const snake = (name: string) => name.replaceAll(/[A-Z]/g, letter => `_${letter}`).toUpperCase()

const typedDicts = () => {
  const known = new Map<Node, string>()
  return named.map(([name, node]) => typedDict(name, node, known)).join('\n\n')
}

/** Inner objects come first, named after the path to them; a schema used twice is one class. */
const typedDict = (name: string, node: Node, known: Map<Node, string>): string => {
  known.set(node, name)
  const before: string[] = []
  const fields = Object.entries(node.properties ?? {}).map(([key, child]) => {
    const type = pythonType(`${name}${key.charAt(0).toUpperCase()}${key.slice(1)}`, child, { known, before })
    return `    ${key}: ${node.required?.includes(key) ? type : `NotRequired[${type}]`}`
  })
  return [...before, [`class ${name}(TypedDict):`, `    ${literal(node.description ?? '', '"""')}`, '', ...fields].join('\n')].join('\n\n')
}

interface Scope {
  known: Map<Node, string>
  before: string[]
}

const pythonType = (name: string, node: Node, scope: Scope): string => {
  if (node.enum) return `Literal[${node.enum.map(value => literal(value)).join(', ')}]`
  if (node.properties) return classFor(name, node, scope)
  if (node.type === 'array') return `list[${pythonType(`${name}Item`, node.items ?? {}, scope)}]`
  if (node.additionalProperties) return `dict[str, ${pythonType(`${name}Value`, node.additionalProperties, scope)}]`
  return { string: 'str', integer: 'int', number: 'float', boolean: 'bool' }[node.type ?? ''] ?? 'Any'
}

const classFor = (name: string, node: Node, { known, before }: Scope): string => {
  const existing = [...known].find(([schema]) => schema === node || JSON.stringify(schema) === JSON.stringify(node))
  if (existing) return existing[1]
  before.push(typedDict(name, node, known))
  return name
}

/** Plain JSON Schema: the Kubernetes extensions mean nothing to a Python validator; every object is closed. */
const jsonSchema = (node: Node): unknown => {
  const entries = Object.entries(node).filter(([key]) => !key.startsWith('x-kubernetes') && key !== 'description' && key !== 'format')
  const copy: Record<string, unknown> = Object.fromEntries(entries)
  if (node.properties) {
    copy['properties'] = Object.fromEntries(Object.entries(node.properties).map(([key, child]) => [key, jsonSchema(child)]))
    copy['additionalProperties'] = false
  } else if (node.additionalProperties) copy['additionalProperties'] = jsonSchema(node.additionalProperties)
  if (node.items) copy['items'] = jsonSchema(node.items)
  return copy
}

const literal = (value: unknown, quote = '"'): string => {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'string') return quote === '"' ? JSON.stringify(value) : `${quote}${value}${quote}`
  if (Array.isArray(value)) return `[${value.map(v => literal(v)).join(', ')}]`
  if (typeof value === 'object')
    return `{${Object.entries(value as object)
      .map(([k, v]) => `${JSON.stringify(k)}: ${literal(v)}`)
      .join(', ')}}`
  return JSON.stringify(value)
}
