// Decides whether the parameters of a candidate can be what they are, before any pod starts.
import { algorithms, type ParameterRule } from '../../api/algorithms.ts'
import type { TrainingJobSpec } from '../../api/trainingjob.ts'
import { closest } from './closest.ts'

type Candidate = TrainingJobSpec['candidates'][number]

/** The first complaint, with the field, the value, what is allowed and what to do; undefined when all is well. */
export const wrongParameter = (candidates: readonly Candidate[]): string | undefined =>
  candidates.flatMap((candidate, position) => wrongIn(candidate, `spec.candidates[${position}]`))[0]

const wrongIn = ({ algorithm, parameters = {} }: Candidate, field: string): string[] => {
  const rules = Object.hasOwn(algorithms, algorithm) ? algorithms[algorithm] : undefined
  if (!rules) return [`${field}.algorithm ${shown(algorithm)} is not known: use one of ${Object.keys(algorithms).join(', ')}`]
  return Object.entries(parameters).flatMap(([name, value]) => {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined
    if (!rule) return [`${field}.parameters.${name} is not a parameter of ${algorithm}: ${remedy(name, Object.keys(rules))}`]
    const problem = isAllowed(rule, value) ? undefined : `must be ${allowed(rule)}`
    return problem ? [`${field}.parameters.${name} is ${shown(value)}: it ${problem}`] : []
  })
}

const remedy = (name: string, known: string[]): string => {
  const near = closest(name, known)
  return near ? `did you mean ${near}?` : `use one of ${known.join(', ')}`
}

const isAllowed = (rule: ParameterRule, value: unknown): boolean => {
  if (value === null) return rule.nullable === true
  switch (rule.kind) {
    case 'flag':
      return typeof value === 'boolean'
    case 'choice':
      return typeof value === 'string' && (rule.values ?? []).includes(value)
    case 'integer':
      return Number.isSafeInteger(value) && isWithin(rule, value as number)
    case 'number':
      return Number.isFinite(value) && isWithin(rule, value as number)
  }
}

const isWithin = ({ min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, above }: ParameterRule, value: number): boolean =>
  (above ? value > min : value >= min) && value <= max

const allowed = (rule: ParameterRule): string => `${words(rule)}${rule.nullable ? ', or null' : ''}`

const words = ({ kind, values = [], min, max, above }: ParameterRule): string => {
  if (kind === 'flag') return 'true or false'
  if (kind === 'choice') return `one of ${values.join(', ')}`
  const range = `${above ? 'above' : 'from'} ${min} ${above ? 'and up ' : ''}to ${max}`
  return kind === 'integer' ? `a whole number ${range}` : `a number ${range}`
}

const shown = (value: unknown): string => {
  const written = JSON.stringify(value) ?? 'nothing'
  return written.length > 60 ? `${written.slice(0, 60)}…` : written
}
