// Bundles as the real trainer leaves them; kept by the content of trainer and configuration, so that only a change trains again.
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TrainerConfig } from '../../operator/api/bundle.ts'
import { trainerEnv } from '../../operator/api/contract.ts'
import { validate } from '../../operator/api/validate.ts'
import { cacheFolder } from '../cluster/cache.ts'
import { run } from '../cluster/command.ts'
import { contentKey } from '../cluster/contentkey.ts'
import { withLock } from '../cluster/lock.ts'
import { ensureEnvironment } from '../run/pythonenvironment.ts'
import { customers } from './customers.ts'
import { digestOf } from './samplebundle.ts'

const TRAINER = join(import.meta.dirname, '../../images/trainer')
const UID = '11111111-1111-4111-8111-111111111111'

const positive = (name: string) => ({ name, type: 'number', min: 0, exclusiveMin: true })

const iris = {
  data: {
    builtin: 'iris',
    described: 'built-in data set iris',
    target: 'species',
    checks: { schema: ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'].map(positive), minRows: 10, maxMissing: 0 },
    split: { method: 'random', test: 0.2, stratify: true, salt: '', seed: 42 },
  },
  candidate: { algorithm: 'logisticRegression', parameters: { max_iter: 200, random_state: 42 } },
}

/** Numbers and texts, with holes in both, for a forest. */
const churn = (file: string) => ({
  data: {
    file,
    described: 'generated customers',
    target: 'churned',
    ignore: ['id'],
    checks: {
      schema: [{ name: 'age', min: 0, max: 120 }, positive('income'), { name: 'plan', values: ['basic', 'pro', 'enterprise'] }],
      minRows: 10,
      maxMissing: 0.1,
    },
    split: { method: 'hash', test: 0.2, stratify: true, salt: 'churn', seed: 42 },
  },
  candidate: { algorithm: 'randomForest', parameters: { n_estimators: 60, max_depth: 8, random_state: 1 } },
})

export type BundleName = 'iris' | 'churn'

const configOf = (name: BundleName, file: string) => {
  const config = {
    contract: 1,
    namespace: 'test',
    trainingJob: name,
    run: 1,
    model: name,
    task: 'classification',
    ...(name === 'iris' ? iris : churn(file)),
  }
  const checked = validate(TrainerConfig, config)
  if ('complaints' in checked) throw new Error(`the configuration of ${name} breaks the contract: ${checked.complaints.join('; ')}`)
  return checked.value
}

const train = async (name: BundleName, into: string) => {
  const work = mkdtempSync(join(tmpdir(), 'tidegate-train-'))
  const csv = join(work, 'customers.csv')
  writeFileSync(csv, customers())
  writeFileSync(join(work, 'config.json'), JSON.stringify(configOf(name, csv)))
  const python = await ensureEnvironment(text => console.log(text))
  const options = [
    '--config',
    join(work, 'config.json'),
    '--artifacts',
    work,
    '--termination-log',
    join(work, 'summary'),
    '--progress-port',
    '0',
  ]
  const env = { ...process.env, [trainerEnv.jobUid]: UID, PYTHONDONTWRITEBYTECODE: '1', PYTHONPATH: TRAINER }
  await run([python, '-m', 'trainer', ...options], { cwd: work, env, purpose: `training ${name}` })
  const draft = `${into}.${process.pid}`
  cpSync(join(work, name, UID), draft, { recursive: true })
  renameSync(draft, into)
  rmSync(work, { recursive: true })
}

const sources = () =>
  globSync(['trainer/*.py', 'requirements-dev.txt'], { cwd: TRAINER })
    .toSorted()
    .map(path => join(TRAINER, path))

/** A copy that the test may damage. */
export const trainedBundle = async (name: BundleName) => {
  const kept = join(cacheFolder('bundles'), `${name}-${contentKey([JSON.stringify(configOf(name, '')), customers()], sources())}`)
  await withLock(join(cacheFolder('locks'), `bundle-${name}`), async () => {
    if (!existsSync(kept)) await train(name, kept)
  })
  const folder = join(mkdtempSync(join(tmpdir(), 'tidegate-trained-')), name)
  mkdirSync(folder)
  cpSync(kept, folder, { recursive: true })
  return { folder, digest: digestOf(folder) }
}
