import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { version } from '../../../operator/cli/example.ts'
import { modelVersions } from '../../../operator/controllers/resources.ts'
import { ladderFile } from './ladderfile.ts'
import { type Opened, openCli } from './opened.ts'
import { registry } from './registry.ts'

let opened: Opened

beforeAll(async () => {
  opened = await openCli()
  await registry(opened.client)
}, 900_000)

afterAll(async () => {
  await opened?.stop()
})

const gates = (name: string, file: string) => opened.program.run(['gates', name, '--file', file], opened.plane.kubeconfig)

const written = (...manifests: object[]): string => {
  const file = join(opened.program.folder, 'manifests.yaml')
  writeFileSync(file, manifests.map(each => JSON.stringify(each)).join('\n---\n'))
  return file
}

const ladder = { kind: 'Model', spec: { stages: [{ name: 'Production', gates: [{ metric: 'f1', versus: 'holder', margin: 0 }] }] } }
const nine = version(9)

describe('gates of what only a file has', () => {
  it('are those of the Model in the cluster, for a ModelVersion that does not exist yet', async () => {
    const said = await gates('churn-v9', written({ kind: 'ModelVersion', metadata: { name: 'churn-v9' }, spec: nine.spec }))
    expect(said).toMatchObject({ code: 0, err: '' })
    expect(said.out).toMatch(/\nStaging +f1 atLeast 0\.8 +Pass +f1 0\.89 ≥ 0\.8/)
    expect(said.out).toContain('\nNothing was changed.')
    expect(await opened.client.get(modelVersions, { namespace: 'default', name: 'churn-v9' })).toBeUndefined()
  })

  it('say whom a Job would compare with today, and with which numbers', async () => {
    const said = await gates('churn-v6', written(ladder))
    expect(said.out).toMatch(/\nProduction +f1 versus holder, margin 0 +Inconclusive/)
    expect(said.out).toContain('Production is held by v5 today; each was measured on test rows of its own:\n  f1: 0.86, and v5 has 0.85\n')
    expect((await gates('churn-v5', written(ladder))).out).toContain('Production is held by this very version.')
  })

  it('say that nobody is there to compare with', async () => {
    expect((await gates('churn-v6', ladderFile(opened.program.folder, 0.9))).out).toContain(
      'Nobody holds Strict today: f1 versus holder, margin 0 would pass.',
    )
  })

  it('are both taken from the file when it has both', async () => {
    const said = await gates('churn-v9', written(ladder, { kind: 'ModelVersion', metadata: { name: 'churn-v9' }, spec: nine.spec }))
    expect(said.out).toContain('  f1: 0.89, and v5 has 0.85\n')
  })

  it('are those of its own model, and of one file with one ladder', async () => {
    const named = (name: string) => ({ ...ladder, metadata: { name } })
    expect((await gates('churn-v6', written(named('churn')))).code).toBe(0)
    expect(await gates('churn-v6', written(named('fraud')))).toMatchObject({
      code: 2,
      err: expect.stringContaining('whose Model is fraud: churn-v6 is a version of churn'),
    })
    expect(await gates('churn-v6', written(named('churn'), named('fraud')))).toMatchObject({
      code: 2,
      err: expect.stringContaining('which holds 2 of kind Model (churn, fraud)'),
    })
  })

  it.each([
    [
      { kind: 'ModelVersion', metadata: { name: 'churn-v8' }, spec: nine.spec },
      /whose ModelVersion is churn-v8: ask for that one, not for churn-v9/,
    ],
    [
      { kind: 'ModelVersion', metadata: { name: 'churn-v9' }, spec: { ...nine.spec, digest: 'x' } },
      /whose ModelVersion cannot be used: spec\.digest/,
    ],
    [{ kind: 'TrainingJob' }, /which holds no Model and no ModelVersion/],
  ])('are refused for %j', async (manifest, words) => {
    const said = await gates('churn-v9', written(manifest))
    expect(said).toMatchObject({ code: 2, out: '' })
    expect(said.err).toMatch(words)
  })
})
