import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { model, version } from '../../../operator/cli/example.ts'
import { claims, models, modelVersions } from '../../../operator/controllers/resources.ts'
import { digestOf } from '../../../operator/plan/model/sampleworld.ts'
import type { KubeObject, ResourceRef } from '../../../operator/runtime/shape.ts'
import { type Opened, openCli } from './opened.ts'
import type { Said } from './program.ts'

const RUN = 'a'.repeat(32)
const source = { trainingJob: 'churn', uid: 'uid-of-churn', run: 4, mlflowRunId: RUN }

let opened: Opened

const put = async (resource: ResourceRef, object: object, namespace: string): Promise<KubeObject> => {
  const { metadata, status: _, ...rest } = object as KubeObject
  return await opened.client.create(resource, { ...rest, metadata: { name: metadata.name, namespace } } as KubeObject)
}

const claim = (name: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
})

const tidegate = (text: string): Promise<Said> => opened.program.run(text.split(' '), opened.plane.kubeconfig)

const copied = (name: string) => opened.client.get(modelVersions, { namespace: 'production', name })

beforeAll(async () => {
  opened = await openCli()
  const namespaces: ResourceRef = { apiVersion: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false }
  for (const name of ['production', 'empty'])
    await opened.client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  const four = version(4)
  await put(modelVersions, { ...four, spec: { ...four.spec, source } }, 'default')
  await put(modelVersions, version(5), 'default')
  const holder = await put(models, model(), 'production')
  await opened.client.putStatus(models, { ...holder, status: { lastVersion: 6 } })
  await put(claims, claim('churn-artifacts'), 'production')
}, 900_000)

afterAll(async () => {
  await opened?.stop()
})

describe('copy', () => {
  it('shows what it would write, and writes nothing', async () => {
    const said = await tidegate('copy churn-v4 --to production --dry-run -o yaml')
    expect(said).toMatchObject({ code: 0, err: '' })
    expect(said.out).toContain('\nkind: ModelVersion\n')
    expect(said.out).toContain(`\n        run: ${RUN}\n`)
    expect(await copied('churn-v7')).toBeUndefined()
  })

  it('takes the next number there, and names the bundle by its digest and the run that logged it', async () => {
    const said = await tidegate('copy churn-v4 --to production')
    expect(said).toMatchObject({ code: 0, err: '', out: expect.stringContaining('modelversion churn-v7 in namespace production: made') })
    const made = await copied('churn-v7')
    expect(made?.metadata.annotations).toMatchObject({ 'tidegate.io/copied-from': 'default/churn-v4' })
    expect(made?.['spec']).toEqual({
      model: 'churn',
      version: 7,
      digest: digestOf(4),
      artifact: { claim: 'churn-artifacts', path: 'churn/v7' },
      import: { from: { mlflow: { run: RUN } } },
    })
  })

  it('lets lineage tell the original', async () => {
    const { out } = await tidegate('lineage churn-v7 -n production')
    expect(out).toMatch(/\noriginal +default\/churn-v4 +as the annotation of the copy says\n/)
    expect(out).toMatch(new RegExp(`\\nsource +run ${RUN} +in MLflow, imported as sha256:0{12}`))
  })

  it('takes a bucket when it is told to, and the number after that', async () => {
    const more = '--endpoint https://s3.example.org --credentials bucket-reader'
    const said = await tidegate(`copy churn-v5 --to production --from s3://models/churn/5 ${more}`)
    expect(said).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringContaining('churn-v8 in namespace production: made, from s3://models/churn/5/'),
    })
    const from = { s3: { bucket: 'models', key: 'churn/5/', endpoint: 'https://s3.example.org', credentials: 'bucket-reader' } }
    expect((await copied('churn-v8'))?.['spec']).toMatchObject({ digest: digestOf(5), import: { from } })
  })

  it('says which Model is missing there', async () => {
    const said = await tidegate('copy churn-v4 --to empty --dry-run')
    expect(said.out).toContain('\n# Namespace empty has no Model churn: no gate judges the version')
  })

  it.each([
    [
      'copy churn-v4 --to empty',
      1,
      /namespace empty has no claim churn-artifacts for the bundle: make it first, or name another one with --claim/,
    ],
    ['copy churn-v5 --to production', 1, /churn-v5 names no MLflow run .*--from-run .*s3:\/\/BUCKET\/FOLDER/],
    ['copy churn-v9 --to production', 1, /no ModelVersion named churn-v9 in namespace default: did you mean/],
    ['copy churn-v4 --to production --from-run x', 1, /spec\.import\.from\.mlflow\.run: Invalid value: "x"/],
    ['copy churn-v4 --to default', 2, /--to is default, where churn-v4 is already/],
    ['copy churn-v4', 2, /copy needs --to: The namespace that gets it\./],
  ])('%s writes nothing and ends with %d', async (text, code, words) => {
    const said = await tidegate(text)
    expect(said).toMatchObject({ code, out: '' })
    expect(said.err).toMatch(words)
  })
})
