import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CommandResult } from '../../cluster/command.ts'
import { good } from '../api/goodobjects.ts'
import { type Guarded, openGuarded, until } from './guarded.ts'

const ANNOTATION = 'tidegate.io/submitted-by'
const namespace = 'team-a'
type Kubectl = Awaited<ReturnType<Guarded['as']>>
let guarded: Guarded
let ann: Kubectl
let bob: Kubectl

beforeAll(async () => {
  guarded = await openGuarded([])
  await guarded.bench.kubectl(['create', 'namespace', namespace])
  for (const who of ['ann', 'bob']) await guarded.bind({ who, namespace, role: 'edit' })
  ann = await guarded.as({ user: 'ann' })
  bob = await guarded.as({ user: 'bob' })
  await until(`"${ANNOTATION}": "bob"`, () => bob([...create, '--dry-run=server'], job()))
}, 900_000)
afterAll(() => guarded?.stop())

const create = ['create', '-o', 'json', '-f', '-']

const claiming = (author?: string) => (author === undefined ? {} : { annotations: { [ANNOTATION]: author } })

const job = (author?: string, name = 'iris') => ({ ...good.TrainingJob, metadata: { name, namespace, ...claiming(author) } })

const version = (number: number, author?: string) => ({
  ...good.ModelVersion,
  metadata: { name: `iris-v${number}`, namespace, ...claiming(author) },
  spec: { ...good.ModelVersion.spec, version: number },
})

/** The author in the object that the API server returned. */
const author = ({ stdout, output }: CommandResult): string | undefined => {
  if (stdout === '') throw new Error(output)
  return (JSON.parse(stdout) as { metadata: { annotations?: Record<string, string> } }).metadata.annotations?.[ANNOTATION]
}

const patch = (kubectl: Kubectl, what: string, content: object) =>
  kubectl(['patch', ...what.split(' '), '-n', namespace, '--type=merge', '-o', 'json', '-p', JSON.stringify(content)])

const kept = (kubectl: Kubectl, object: object) => kubectl(['replace', '-o', 'json', '-f', '-'], object)

describe('the author of a TrainingJob', () => {
  it('is who creates it, whatever the object says', async () => {
    expect(author(await ann(create, job('bob')))).toBe('ann')
    expect(author(await ann([...create, '--dry-run=server'], job(undefined, 'other')))).toBe('ann')
  })

  it.each([
    ['a patch', () => patch(ann, 'tj iris', { metadata: { annotations: { [ANNOTATION]: 'bob' } } })],
    ['a removal', () => patch(ann, 'tj iris', { metadata: { annotations: { [ANNOTATION]: null } } })],
    ['a replacement', () => kept(ann, job('bob'))],
    ['a replacement without it', () => kept(ann, job())],
    ['a forced apply', () => ann(['apply', '--server-side', '--force-conflicts', '-o', 'json', '-f', '-'], job('bob'))],
    ['a change of labels by somebody else', () => patch(bob, 'tj iris', { metadata: { labels: { team: 'b' } } })],
  ])('is not changed by %s', async (_, change) => {
    expect(author(await change())).toBe('ann')
  })

  it('becomes who changes the spec, and stays so', async () => {
    expect(author(await patch(bob, 'tj iris', { metadata: { annotations: { [ANNOTATION]: 'ann' } }, spec: { suspend: true } }))).toBe('bob')
    expect(author(await patch(ann, 'tj iris', { spec: { suspend: true } }))).toBe('bob')
    expect(author(await patch(ann, 'tj iris', { spec: { suspend: false } }))).toBe('ann')
  })
})

describe('the author of a ModelVersion', () => {
  it('is who registers it by hand', async () => {
    expect(author(await bob(create, version(1, 'ann')))).toBe('bob')
  })

  it('is whom the operator names, or nobody', async () => {
    const operator = await guarded.asOperator()
    expect(author(await operator(create, version(2, 'ann')))).toBe('ann')
    expect(author(await operator(create, version(3)))).toBeUndefined()
  })

  it('stays for ever', async () => {
    expect(author(await patch(ann, 'mv iris-v2', { metadata: { annotations: { [ANNOTATION]: 'bob' } } }))).toBe('ann')
    expect(author(await patch(ann, 'mv iris-v3', { metadata: { annotations: { [ANNOTATION]: 'bob' } } }))).toBeUndefined()
  })
})

describe('the author, where the API server has no MutatingAdmissionPolicy', () => {
  beforeAll(async () => {
    const kinds = 'mutatingadmissionpolicybindings,mutatingadmissionpolicies'
    expect(await guarded.bench.kubectl(['delete', kinds, 'tidegate-author'])).toMatchObject({ code: 0 })
    await until('denied request', () => ann([...create, '--dry-run=server'], job('bob', 'other')))
  }, 120_000)

  const denied =
    "ValidatingAdmissionPolicy 'tidegate-author' with binding 'tidegate-author' denied request: the annotation tidegate.io/submitted-by is"

  it('is unknown, or who creates the object', async () => {
    expect(author(await ann(create, job(undefined, 'silent')))).toBeUndefined()
    expect(author(await ann(create, job('ann', 'honest')))).toBe('ann')
    expect((await ann(create, job('bob', 'forged'))).output).toContain(
      `trainingjobs.tidegate.io "forged" is forbidden: ${denied} "bob", but the author is ann, who makes this request: remove the annotation`,
    )
    expect((await ann(create, version(4, 'bob'))).output).toContain(`${denied} "bob", but the author is ann`)
  })

  it('is not changed while the spec is not', async () => {
    const told = async (answer: Promise<CommandResult>) => (await answer).output
    const other = { metadata: { annotations: { [ANNOTATION]: 'bob' } } }
    const until = 'until the spec changes: leave the annotation as it was'
    expect(await told(patch(bob, 'tj honest', other))).toContain(`${denied} "bob", but the author is "ann" ${until}`)
    expect(await told(patch(bob, 'tj silent', other))).toContain(`${denied} "bob", but the author is "" ${until}`)
    expect(await told(patch(bob, 'mv iris-v2', other))).toContain(`${denied} "bob", but the author is "ann" ${until}`)
  })

  it('does not stay when somebody else changes the spec', async () => {
    const spec = { suspend: true }
    expect((await patch(bob, 'tj honest', { spec })).output).toContain(
      `${denied} "ann", but the author is bob, who makes this request: remove the annotation`,
    )
    expect(author(await patch(bob, 'tj honest', { metadata: { annotations: { [ANNOTATION]: null } }, spec }))).toBeUndefined()
  })

  it('is whom the operator names', async () => {
    const operator = await guarded.asOperator()
    expect(author(await operator(create, version(5, 'ann')))).toBe('ann')
  })
})
