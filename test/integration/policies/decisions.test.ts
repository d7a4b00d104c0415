import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Action, actions, verbs } from '../../../operator/api/decision.ts'
import { chart } from '../../chart/render.ts'
import { type Guarded, OPERATOR, openGuarded, until } from './guarded.ts'

let guarded: Guarded

const rule = (verb: string) => ({ apiGroups: ['tidegate.io'], resources: ['models/Production'], resourceNames: ['churn'], verbs: [verb] })
const cat = { user: 'cat', groups: ['quality'] }

beforeAll(async () => {
  guarded = await openGuarded(['validatingadmissionpolicy-status-controller'])
  const { bench, bind } = guarded
  for (const name of ['team-a', 'team-b']) await bench.kubectl(['create', 'namespace', name])
  const namespace = 'team-a'
  // ann edits and nothing more; bob may approve churn for Production; cat approves everything; dan bypasses; eve is admin.
  await bind({ who: 'ann', namespace, role: 'edit' })
  await bind({ who: 'ann', namespace: 'team-b', role: 'edit' })
  await bind({ who: 'bob', namespace, role: 'edit' })
  await bind({ who: 'bob', namespace, role: [rule('approve')] })
  await bind({ who: 'cat', namespace, role: 'tidegate-approver' })
  await bind({ who: 'cat', namespace: 'team-b', role: 'edit' })
  await bind({ who: 'dan', namespace, role: 'tidegate-bypass' })
  await bind({ who: 'eve', namespace, role: 'admin' })
  await bind({ who: OPERATOR, namespace, role: 'edit' })
  await bind({ who: OPERATOR, namespace, role: 'tidegate-approver' })
  await until("ValidatingAdmissionPolicy 'tidegate-decisions'", () => bench.kubectl(create, decision({ by: 'nobody' })))
  for (const user of ['ann', 'eve']) {
    const kubectl = await guarded.as({ user })
    await until('yes', () => kubectl(['auth', 'can-i', 'create', 'decisions.tidegate.io', '-n', namespace]))
  }
}, 900_000)
afterAll(() => guarded?.stop())

const create = ['create', '--dry-run=server', '-f', '-']

const digest = `sha256:${'0'.repeat(64)}`

const decision = (spec: { by: string; action?: Action; namespace?: string; stage?: string; model?: string; groups?: string[] }) => {
  const { namespace = 'team-a', action = 'Approve', ...rest } = spec
  const version = action === 'Release' ? {} : { version: 4 }
  const said = { action, model: 'churn', stage: 'Production', digest, gateRun: 'g1', reason: 'looked at it', ...version }
  return { apiVersion: 'tidegate.io/v1alpha1', kind: 'Decision', metadata: { name: 'said', namespace }, spec: { ...said, ...rest } }
}

/** What the API server says to a person who decides; under their own name, unless they claim another. */
const decide = async (who: string, spec: Partial<Parameters<typeof decision>[0]> = {}): Promise<string> => {
  const kubectl = await guarded.as(who === 'cat' ? cat : { user: who })
  return (await kubectl(create, decision({ by: who, ...spec }))).output.trim()
}

const taken = 'decision.tidegate.io/said created (server dry run)'
const denied = `decisions.tidegate.io "said" is forbidden: ValidatingAdmissionPolicy 'tidegate-decisions' with binding 'tidegate-decisions' denied request:`

describe('a decision', () => {
  it.each(actions)('to %s is refused from a person with the role edit, with the verb that is missing', async action => {
    expect(await decide('ann', { action })).toContain(
      `${denied} ann may not ${action} versions of churn for Production: the verb ${verbs[action]} on models/Production named churn in the namespace team-a is missing. ` +
        `A Role there gives it with the rule {apiGroups: [tidegate.io], resources: [models/Production], resourceNames: [churn], verbs: [${verbs[action]}]}`,
    )
  })

  it('is taken with the very rule that the refusal names', async () => {
    expect(await decide('bob')).toBe(taken)
    expect(await decide('bob', { action: 'Reject' })).toBe(taken)
  })

  it.each([
    ['another stage', { stage: 'GNU_Production' }, 'the verb approve on models/GNU_Production named churn'],
    ['another model', { model: 'iris' }, 'the verb approve on models/Production named iris'],
    ['another verb', { action: 'Promote' as const }, 'the verb promote on models/Production named churn'],
  ])('under that rule is refused for %s', async (_, spec, words) => {
    expect(await decide('bob', spec)).toContain(words)
  })

  it('in the name of somebody else is refused, with both names', async () => {
    expect(await decide('cat', { by: 'ann' })).toContain(
      `${denied} spec.by is ann, but the request is made by cat: nobody decides in the name of another; set spec.by to cat`,
    )
  })

  it('for a group that the person is no member of is refused, with the group', async () => {
    expect(await decide('cat', { groups: ['quality'] })).toBe(taken)
    expect(await decide('cat', { groups: ['quality', 'risk', 'board'] })).toContain(
      `${denied} spec.groups has risk, board, but cat is no member: remove it`,
    )
  })

  it('cannot be changed afterwards, but for its metadata', async () => {
    const rights = [{ apiGroups: ['tidegate.io'], resources: ['decisions'], verbs: ['create', 'get', 'patch'] }, rule('approve')]
    await guarded.bind({ who: 'fay', namespace: 'team-a', role: rights })
    const kubectl = await guarded.as({ user: 'fay' })
    const kept = { ...decision({ by: 'fay' }), metadata: { name: 'kept', namespace: 'team-a' } }
    await until('decision.tidegate.io/kept created', () => kubectl(['create', '-f', '-'], kept))
    const patch = (content: object) => kubectl(['patch', 'decision', 'kept', '-n', 'team-a', '--type=merge', '-p', JSON.stringify(content)])
    expect((await patch({ spec: { version: 5 } })).output).toContain('a Decision is immutable: create another one')
    expect((await patch({ spec: { by: 'ann' } })).output).toContain('a Decision is immutable: create another one')
    expect((await patch({ metadata: { labels: { seen: 'yes' } } })).output).toBe('decision.tidegate.io/kept patched\n')
  })
})

describe('the role tidegate-approver', () => {
  it.each(actions.filter(action => verbs[action] !== 'bypass'))('lets a person %s on every stage, without any other role', async action => {
    expect(await decide('cat', { action, stage: 'GNU_Production' })).toBe(taken)
  })

  it('does not let anybody bypass', async () => {
    expect(await decide('cat', { action: 'Bypass' })).toContain(
      `${denied} cat may not Bypass versions of churn for Production: the verb bypass on`,
    )
  })

  it('ends with the namespace in which it is bound', async () => {
    expect(await decide('cat', { namespace: 'team-b' })).toContain('named churn in the namespace team-b is missing')
  })

  it('is in the role admin, which hands it on and neither has nor hands on bypass', async () => {
    const kubectl = await guarded.as({ user: 'eve' })
    expect(await decide('eve')).toBe(taken)
    expect(await decide('eve', { action: 'Bypass' })).toContain('the verb bypass on models/Production')
    const hand = (role: string) =>
      kubectl(['create', 'rolebinding', 'handed', `--clusterrole=${role}`, '--user=gus', '-n', 'team-a', '--dry-run=server'])
    expect((await hand('tidegate-approver')).output).toContain('rolebinding.rbac.authorization.k8s.io/handed created')
    expect((await hand('tidegate-bypass')).output).toContain('is attempting to grant RBAC permissions not currently held')
  })
})

describe('the role tidegate-bypass', () => {
  it('lets a person bypass and do nothing else', async () => {
    expect(await decide('dan', { action: 'Bypass' })).toBe(taken)
    expect(await decide('dan')).toContain('the verb approve on models/Production')
    expect(await decide('dan', { action: 'Rollback' })).toContain('the verb promote on models/Production')
  })
})

describe("the operator's own account", () => {
  it('decides nothing, whatever roles it is given', async () => {
    const kubectl = await guarded.asOperator()
    const said = await kubectl(create, decision({ by: OPERATOR }))
    expect(said.output).toContain(`${denied} ${OPERATOR} is the operator, and a Decision is the word of a person`)
  })
})

describe('the policies', () => {
  it('name no field that the kinds do not have', async () => {
    const read = async () => {
      const { stdout } = await guarded.bench.kubectl(['get', 'validatingadmissionpolicies', '-o', 'json'])
      const { items } = JSON.parse(stdout) as { items: { metadata: { name: string }; status?: { typeChecking?: object } }[] }
      return items.map(({ metadata, status }) => [metadata.name, status?.typeChecking])
    }
    const names = ['tidegate-author', 'tidegate-decisions', 'tidegate-history', 'tidegate-versions']
    await expect.poll(read, { timeout: 60_000, interval: 1000 }).toEqual(names.map(name => [name, {}]))
  })

  it.each([
    ['v1', ['v1', 'v1beta1']],
    ['v1beta1', ['v1beta1']],
    [undefined, []],
  ])('write the author down by %s of their kind, where the API server serves %j', async (wanted, served) => {
    const known = served.flatMap(one => ['--api-versions', `admissionregistration.k8s.io/${one}/MutatingAdmissionPolicy`])
    const { stdout } = await guarded.bench.helm('template', 'tidegate', chart, ...known)
    const written = [...stdout.matchAll(/^apiVersion: (.*)\nkind: MutatingAdmissionPolicy/gm)].map(([, one]) => one)
    expect(written).toEqual(wanted ? [`admissionregistration.k8s.io/${wanted}`, `admissionregistration.k8s.io/${wanted}`] : [])
  })

  it('hold where the release works, and are absent when they are switched off', async () => {
    const upgrade = (value: string) => guarded.bench.helm('upgrade', 'tidegate', chart, '--set', 'crds.enabled=false', '--set', value)
    const forged = async (namespace: string) => (await guarded.as({ user: 'ann' }))(create, decision({ by: 'nobody', namespace }))
    expect((await forged('team-b')).output).toContain(denied)
    expect(await upgrade('watch.namespaces={team-a}')).toMatchObject({ code: 0 })
    await until(taken, () => forged('team-b'))
    expect((await forged('team-a')).output).toContain(denied)
    expect(await upgrade('policies.enabled=false')).toMatchObject({ code: 0 })
    expect((await guarded.bench.kubectl(['get', 'validatingadmissionpolicies,mutatingadmissionpolicies'])).output).toBe(
      'No resources found\n',
    )
  })
})
