// Decides what the Job of an import is: the server's image, the claim that gets the bundle, and read-only whatever it is made from.
import { CONTRACT_VERSION, exitCode, IMPORT_REFUSED, importEnv, importPath, label } from '../../../api/contract.ts'
import type { Import, ImportSource } from '../../../api/import.ts'
import type { ImportConfig } from '../../../api/importjob.ts'
import type { ModelVersion } from '../../../api/modelversion.ts'
import type { KubeObject } from '../../../runtime/shape.ts'
import { temporaryFiles } from '../../pods/restricted.ts'
import { sha256 } from '../../sha256.ts'
import type { Settings } from '../../shape.ts'
import { type Program, serverJob } from '../serverjob/job.ts'

export const CONTAINER = 'import'

export const FINAL_EXIT_CODES: readonly number[] = [exitCode.badInput, IMPORT_REFUSED]

/** Opening a graph takes 4.3 times its size, as measured with one of 256 MiB; the largest one has 1 GiB. */
const RESOURCES = { requests: { cpu: '100m', memory: '256Mi' }, limits: { cpu: '1', memory: '5Gi' } }
const DEADLINE_SECONDS = 3600
const ROWS = 'rows.csv'

/** Each try has a Job of its own. The longest name of a version leaves room for six digits. */
export const importJobName = ({ metadata, status }: ModelVersion): string =>
  `${metadata.name}-import-${sha256(`${metadata.uid} ${status?.import?.failures ?? 0}`).slice(0, 6)}`

export const importJob = (version: ModelVersion, asked: Import, settings: Settings): KubeObject => {
  const program: Program = {
    name: importJobName(version),
    namespace: version.metadata.namespace,
    labels: {
      [label.managedBy]: 'tidegate',
      [label.name]: 'import',
      [label.model]: version.spec.model,
      [label.version]: String(version.spec.version),
      [label.import]: version.metadata.uid,
    },
    container: CONTAINER,
    script: 'import.js',
    config: configOf(version, asked, settings),
    env: credentialsOf(asked.from),
    resources: RESOURCES,
    deadlineSeconds: DEADLINE_SECONDS,
    finalExitCodes: FINAL_EXIT_CODES,
    parts: [...claimsOf(version, asked), ...rowsOf(asked), temporaryFiles('64Mi')],
  }
  return serverJob(program, settings)
}

/** One claim is one volume: the kubelet never gets ready with two volumes of the same claim in a pod. */
const claimsOf = ({ spec }: ModelVersion, { from }: Import) => {
  const [own, other] = [spec.artifact.claim, from.claim?.name]
  const bundles = {
    volume: { name: 'bundles', persistentVolumeClaim: { claimName: own } },
    mount: { name: 'bundles', mountPath: importPath.bundles },
  }
  if (other === undefined) return [bundles]
  const isSame = other === own
  const source = {
    volume: isSame ? undefined : { name: 'source', persistentVolumeClaim: { claimName: other, readOnly: true } },
    mount: { name: isSame ? 'bundles' : 'source', mountPath: importPath.source, readOnly: true },
  }
  return [bundles, source]
}

/** Optional: without it the program says what is missing; otherwise the pod would hang without a word. */
const rowsOf = ({ rows }: Import) => {
  if (!rows) return []
  const { name, key } = rows.configMap
  return [
    {
      volume: { name: 'rows', configMap: { name, items: [{ key, path: ROWS }], optional: true } },
      mount: { name: 'rows', mountPath: importPath.rows, readOnly: true },
    },
  ]
}

const variable = (name: string, secretKeyRef: { name: string; key: string; optional?: boolean }): object => ({
  name,
  valueFrom: { secretKeyRef },
})

/** Only named here: the kubelet reads the Secret for the pod. */
const credentialsOf = ({ mlflow, s3, https }: ImportSource): object[] => {
  const token = mlflow?.credentials ?? https?.credentials
  const keys = s3?.credentials
  return [
    ...(token ? [variable(importEnv.token, { name: token, key: 'token' })] : []),
    ...(keys ? [importEnv.accessKey, importEnv.secretKey].map(key => variable(key, { name: keys, key })) : []),
    ...(keys ? [variable(importEnv.sessionToken, { name: keys, key: importEnv.sessionToken, optional: true })] : []),
  ]
}

const configOf = ({ spec }: ModelVersion, { from, labels, rows }: Import, settings: Settings): ImportConfig => ({
  contract: CONTRACT_VERSION,
  model: spec.model,
  root: importPath.bundles,
  path: spec.artifact.path,
  digest: spec.digest,
  from,
  ...(settings.tracking && { tracking: settings.tracking.uri }),
  ...(from.claim && { source: importPath.source }),
  ...(labels && { labels }),
  ...(rows && { rows: { file: `${importPath.rows}/${ROWS}`, ...(rows.target && { target: rows.target }) } }),
})
