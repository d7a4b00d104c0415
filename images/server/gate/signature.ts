// Says whether clients of the served version can go on as they are when the new one takes over.
import type { Manifest } from '../../../operator/api/bundle.ts'
import type { Judgement } from './judgement.ts'

export type Signature = Pick<Manifest, 'inputs' | 'labels'>
type Input = Signature['inputs'][number]

type Check = (served: Input, next: Input) => string | undefined

const type: Check = (served, next) => (served.type === next.type ? undefined : `is a ${next.type} now, and was a ${served.type}`)

const missing: Check = (served, next) => (served.nullable && !next.nullable ? 'may not be null any more' : undefined)

const lowerEnd: Check = (served, next) => {
  if (next.minimum === undefined) return undefined
  const sameStart = served.minimum === next.minimum && (served.exclusiveMinimum === true || next.exclusiveMinimum !== true)
  const wider = served.minimum !== undefined && served.minimum > next.minimum
  return wider || sameStart ? undefined : `must be ${next.exclusiveMinimum ? 'above' : 'at least'} ${next.minimum} now`
}

const upperEnd: Check = (served, next) => {
  if (next.maximum === undefined) return undefined
  return served.maximum !== undefined && served.maximum <= next.maximum ? undefined : `must be at most ${next.maximum} now`
}

const categories: Check = (served, next) => {
  if (next.categories === undefined) return undefined
  if (served.categories === undefined) return 'accepts only some texts now'
  const gone = served.categories.find(value => !next.categories?.includes(value))
  return gone === undefined ? undefined : `does not accept "${gone}" any more`
}

const checks: Check[] = [type, missing, lowerEnd, upperEnd, categories]

/** Names and their order both count: clients send a row as a list as often as by name, and the server refuses unknown names. */
const columns = ({ inputs: served }: Signature, { inputs: next }: Signature) => {
  const gone = served.find(({ name }) => !next.some(input => input.name === name))
  if (gone) return `${gone.name} is not an input any more`
  const added = next.find(({ name }) => !served.some(input => input.name === name))
  if (added) return `${added.name} is a new input, which clients do not send`
  const moved = served.findIndex(({ name }, i) => next[i]?.name !== name)
  return moved < 0
    ? undefined
    : `input ${moved} is ${next[moved]?.name} now, and was ${served[moved]?.name}: a row sent as a list would be misread`
}

/** New classes may come after the known ones, so that an index and a place in confidence_scores keep their meaning. */
const labels = ({ labels: served }: Signature, { labels: next }: Signature) => {
  const changed = served.findIndex((label, i) => next[i] !== label)
  return changed < 0
    ? undefined
    : `class ${changed} is ${next[changed] === undefined ? 'gone' : `"${next[changed]}" now`}, and was "${served[changed]}"`
}

const columnChange = ({ inputs: served }: Signature, { inputs: next }: Signature) => {
  for (const [i, input] of served.entries()) {
    const complaint = checks.map(check => check(input, next[i] as Input)).find(found => found !== undefined)
    if (complaint !== undefined) return `${input.name} ${complaint}`
  }
  return undefined
}

/** Every request that the served version accepts must be accepted by the next one, and mean the same. */
export const judgeSignature = (served: Signature, next: Signature): Judgement => {
  if (served.inputs.length === 0 || next.inputs.length === 0)
    return { verdict: 'Error', message: 'a signature without inputs cannot be compared' }
  const broken = columns(served, next) ?? columnChange(served, next) ?? labels(served, next)
  if (broken !== undefined) return { verdict: 'Fail', message: `signature not compatible: ${broken}` }
  const more = next.labels.slice(served.labels.length)
  return { verdict: 'Pass', message: `signature compatible${more.length > 0 ? `; new classes: ${more.join(', ').slice(0, 200)}` : ''}` }
}
