import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { read as readFile } from '../../documents.ts'
import { until } from '../../e2e/until.ts'
import { helm } from '../../install/install.ts'
import { execute, type Kubectl } from '../../install/kubectl.ts'
import { makeNamespace } from '../../install/namespace.ts'
import { paths, root } from '../../sources.ts'
import { defaultedSpecs, drift, type Live, marked, read } from './drift.ts'
import { listOf, refOf, type Sent, sentFrom } from './folder.ts'
import { judge } from './healthjudge.ts'
import { openPlace, type Place } from './place.ts'

let place: Place

beforeAll(async () => {
  place = await openPlace()
}, 900_000)
afterAll(() => place?.stop())

const MANAGER = '--field-manager=argocd-controller'

/** As Argo CD does it, by its options: none, ServerSideApply, Replace. It always forces conflicts. */
const ways: [string, string[]][] = [
  ['kubectl apply', ['apply', MANAGER]],
  ['kubectl apply --server-side', ['apply', '--server-side', MANAGER]],
  ['kubectl apply --server-side --force-conflicts', ['apply', '--server-side', '--force-conflicts', MANAGER]],
  ['kubectl replace', ['replace', MANAGER]],
  ['kubectl apply after that', ['apply', MANAGER]],
  ['kubectl apply --server-side --force-conflicts in the end', ['apply', '--server-side', '--force-conflicts', MANAGER]],
]

const EVERYTHING =
  'jobs,configmaps,deployments,replicasets,services,horizontalpodautoscalers,ingresses,poddisruptionbudgets,networkpolicies,pods,persistentvolumeclaims,modelversions,models,trainingjobs,inferenceservices'

const everything = async (kubectl: Kubectl): Promise<Live[]> => {
  const { items } = await kubectl.json<{ items: Live[] }>('get', EVERYTHING)
  return items.filter(({ kind, metadata }) => !(kind === 'ConfigMap' && metadata.name === 'kube-root-ca.crt'))
}

const namesOf = (objects: readonly Live[]): string[] => objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`).toSorted()

const conditionOf = ({ status }: Live, wanted: string) => status?.conditions?.find(({ type }) => type === wanted)

/** Looked at in its present form, and Ready; the service of the review waits for a person. */
const isSettled = (object: Live): boolean => {
  const ready = conditionOf(object, 'Ready')
  const looked = object.status?.observedGeneration === object.metadata.generation
  return looked && (ready?.status === 'True' || (object.metadata.name === REVIEWED && ready?.reason === 'NoVersion'))
}

/** What examples/review calls its objects. */
const REVIEWED = 'flowers'

interface Story {
  kubectl: Kubectl
  sent: Sent[]
  specs: Map<string, string>
  /** Present when it is over: how the operator left the objects. */
  live: Live[]
}

const begin = async (folder: string): Promise<Story> => {
  const namespace = folder.replaceAll('/', '-')
  await makeNamespace(place.installation.kubectl(), namespace)
  const kubectl = await place.argocd(namespace)
  for (const claim of paths(`${folder}/load/claim.yaml`)) await kubectl.apply(readFile(claim))
  const sent = sentFrom(folder, namespace)
  return { kubectl, sent, specs: await defaultedSpecs(kubectl, sent), live: [] }
}

const apply = async ({ kubectl, sent }: Story, verb: readonly string[]): Promise<string> => {
  const { code, printed, said } = await kubectl.attempt([...verb, '-f', '-'], listOf(sent))
  // After a replace, kubectl says that it writes down once more what was applied.
  expect({ code, said: said.replaceAll(/^Warning: resource \S+ is missing the \S+ annotation.*$/gm, '').trim() }).toEqual({
    code: 0,
    said: '',
  })
  return printed
}

const settled = (story: Story): Promise<Live[]> =>
  until(
    () => read(story.kubectl, story.sent),
    live => live.every(isSettled),
    { within: 60, what: 'the operator has looked at everything' },
  )

const folders = ['examples/gitops', 'examples/iris', 'examples/csv', 'examples/review']
const stories = new Map<string, Story>()
const storyOf = (folder: string): Story => stories.get(folder) as Story

describe.each(folders)('%s, applied by a GitOps tool', folder => {
  beforeAll(async () => void stories.set(folder, await begin(folder)), 60_000)

  it.each(ways)('by %s, lives as it was sent, and shows no difference after the operator has worked', async (_, verb) => {
    const story = storyOf(folder)
    const printed = await apply(story, verb)
    expect(printed.trim().split('\n')).toHaveLength(3)
    story.live = await settled(story)
    // Whatever an answer to the verb would be, it comes within this time.
    await sleep(500)
    story.live = await read(story.kubectl, story.sent)
    expect(drift(story.live, story.sent, story.specs)).toEqual([])
    for (const flags of [[], ['--server-side', '--force-conflicts', MANAGER]]) {
      expect(await story.kubectl.attempt(['diff', ...flags, '-f', '-'], listOf(story.sent))).toEqual({ code: 0, printed: '', said: '' })
    }
  })

  it('has trained once, and nothing beside what was sent carries the mark of Argo CD', async () => {
    const { kubectl, live } = storyOf(folder)
    expect(live.find(({ kind }) => kind === 'TrainingJob')?.status?.runs).toHaveLength(1)
    const objects = await everything(kubectl)
    expect(namesOf(objects)).toContain(`Job/${live[0]?.metadata.name}-run-1`)
    expect(marked(objects).toSorted()).toEqual(namesOf(live))
  })

  it('is healthy, or says what it waits for', async () => {
    const judged = await judge((await settled(storyOf(folder))) as { kind: string }[])
    const waits = folder === 'examples/review'
    expect(judged.map(({ health }) => health?.status)).toEqual(['Healthy', 'Healthy', waits ? 'Progressing' : 'Healthy'])
    expect(judged.map(({ kstatus }) => kstatus.status)).toEqual(['Current', 'Current', waits ? 'InProgress' : 'Current'])
  })
})

describe('before the operator has looked, the API server itself says so', () => {
  it('to Argo CD, Flux and Helm', async () => {
    const kubectl = await place.argocd('examples-iris')
    place.operator.signal('SIGSTOP')
    try {
      const fresh = sentFrom('examples/iris', 'examples-iris').map(one => ({ ...one, metadata: { ...one.metadata, name: 'fresh' } }))
      await kubectl.apply(listOf(fresh))
      const judged = await judge((await read(kubectl, fresh)) as { kind: string }[])
      expect(judged.map(({ health, kstatus }) => `${health?.status} ${kstatus.status}`)).toEqual(Array(3).fill('Progressing InProgress'))
      await kubectl.attempt(['delete', '-f', '-'], listOf(fresh))
    } finally {
      place.operator.signal('SIGCONT')
    }
  })
})

describe('Helm', () => {
  it('waits until the service answers', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tidegate-chart-'))
    try {
      writeFileSync(join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: orchids\nversion: 0.1.0\n')
      for (const path of paths('examples/gitops/*.yaml')) cpSync(join(root, path), join(folder, 'templates', basename(path)))
      const { kubeconfig } = place.installation.plane
      const where = ['--namespace', 'by-helm', '--create-namespace', '--wait', '--timeout', '60s']
      await helm({ helm: place.helm, kubeconfig }, ['install', 'orchids', folder, ...where])
      const live = await read(await place.argocd('by-helm'), sentFrom('examples/gitops', 'by-helm'))
      expect(live.map(object => conditionOf(object, 'Ready')?.status)).toEqual(['True', 'True', 'True'])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

describe('what leaves Git', () => {
  const held = async (kubectl: Kubectl, name: string): Promise<string> => (await kubectl.attempt(['delete', 'modelversion', name])).said

  it('is pruned by Argo CD, wave by wave from the last, and only data and versions stay', async () => {
    const { kubectl, sent } = storyOf('examples/iris')
    expect(await held(kubectl, 'iris-v1')).toContain('iris-v1 holds Production: promote another version to Production first')
    // Foreground, as Argo CD deletes: the object goes after its children, and whoever creates a child anew makes it hang.
    for (const one of sent.toReversed()) await kubectl('delete', refOf(one), '--cascade=foreground', '--timeout=30s')
    const left = await until(
      () => everything(kubectl),
      objects => objects.length <= 3,
      { within: 30, what: 'everything but claims and versions is gone' },
    )
    expect(namesOf(left)).toEqual(['ModelVersion/iris-v1', 'PersistentVolumeClaim/iris-artifacts', 'PersistentVolumeClaim/iris-data'])
  })

  it('leaves a version that may be deleted, once the Model that held it is gone', async () => {
    const { kubectl } = storyOf('examples/iris')
    const deleted = await until(
      () => kubectl.attempt(['delete', 'modelversion', 'iris-v1', '--timeout=10s']),
      ({ code }) => code === 0,
      { within: 20, what: 'iris-v1 is deleted' },
    )
    expect(deleted.printed).toContain('deleted')
  })

  it('is pruned by kubectl apply --prune, which touches nothing that the operator made', async () => {
    const story = storyOf('examples/gitops')
    const { kubectl, sent } = story
    await apply(story, ['apply', MANAGER])
    const kinds = ['TrainingJob', 'InferenceService'].flatMap(kind => ['--prune-allowlist', `tidegate.io/v1alpha1/${kind}`])
    const { code, printed, said } = await kubectl.attempt(
      ['apply', MANAGER, '--prune', '--selector', 'app.kubernetes.io/instance=app', ...kinds, '-f', '-'],
      listOf(sent.slice(0, 1)),
    )
    expect({ code, said }).toEqual({ code: 0, said: '' })
    const pruned = printed.split('\n').filter(line => line.endsWith(' pruned'))
    expect(pruned.toSorted()).toEqual(['inferenceservice.tidegate.io/orchids pruned', 'trainingjob.tidegate.io/orchids pruned'])
    const left = await until(
      () => everything(kubectl),
      objects => objects.length <= 3,
      { within: 30, what: 'the children are collected' },
    )
    expect(namesOf(left)).toEqual(['Model/orchids', 'ModelVersion/orchids-v1', 'PersistentVolumeClaim/orchids-artifacts'])
    expect(await held(kubectl, 'orchids-v1')).toContain('orchids-v1 holds Production')
  })
})

describe('the page about installing', () => {
  const [, uninstall = ''] = readFile('docs/guide/installing.md').split('\nTo remove everything,')
  const commands = uninstall
    .split('\n```\n')
    .filter((_, index) => index % 2 === 1)
    .flatMap(block => block.split('\n'))
    .filter(line => /^(kubectl|helm) /.test(line))

  it('removes everything in the order that it gives', async () => {
    const { installation, operator } = place
    const { plane } = installation
    expect(commands.map(line => line.split(' ').slice(0, 3).join(' '))).toEqual([
      'kubectl delete inferenceservices,trainingjobs,models,decisions',
      'helm uninstall tidegate',
      'kubectl delete modelversions',
      'kubectl delete -f',
    ])
    for (const command of commands) {
      const [program, ...args] = command.replace(/\s*#.*$/, '').split(' ')
      const argv = [program === 'helm' ? place.helm : plane.kubectl, ...args.map(arg => arg.replace(/^crds\/$/, join(root, 'crds')))]
      await until(
        () => execute(argv, { KUBECONFIG: plane.kubeconfig }),
        ({ code }) => code === 0,
        { within: 60, what: command },
      )
      if (program === 'helm') await operator.stop()
    }
    const left = await installation.kubectl()('get', 'crd', '-o', 'name')
    expect(left).not.toContain('tidegate.io')
    const namespace = storyOf('examples/csv').kubectl
    const children = await until(
      () => namespace.json<{ items: Live[] }>('get', 'jobs,deployments,services,pods,persistentvolumeclaims'),
      ({ items }) => items.every(({ kind }) => kind === 'PersistentVolumeClaim'),
      { within: 40, what: 'the children are collected' },
    )
    expect(namesOf(children.items)).toEqual(['PersistentVolumeClaim/churn-artifacts', 'PersistentVolumeClaim/churn-data'])
  })
})
