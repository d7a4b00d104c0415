// Artifacts of a run, through the proxy of an MLflow server: what the trainer logged, a folder with a bundle, or one file.
import { bundleFile } from '../../../../operator/api/contract.ts'
import { checkedAddress } from '../address.ts'
import { bearerOf } from '../credential.ts'
import { Refused } from '../refused.ts'
import { type Open, textOf } from '../save.ts'
import { DEEPEST, MOST_FILES, type Source, type SourceFile } from '../source.ts'
import { ask } from '../web.ts'

export interface MlflowRun {
  run: string
  path?: string
  uri?: string
  /** Of the operator, for a run without a uri. */
  tracking?: string
}

/** Where the trainer logs what has another name in the bundle: MLflow's own clients look for these. */
const LOGGED: Readonly<Record<string, string>> = {
  'model/model.onnx': 'model.onnx',
  'confusion_matrix.png': 'evaluation/confusion.png',
}

const MOST_ANSWER_BYTES = 4 * 1024 * 1024
const MOST_PAGES = 20

interface Server {
  uri: string
  headers: Record<string, string>
}

export const mlflowSource = async ({ run, path, uri, tracking }: MlflowRun, env: NodeJS.ProcessEnv): Promise<Source> => {
  const server: Server = { uri: addressOf(uri, tracking), headers: bearerOf(env) }
  const root = await artifactRoot(server, run)
  const opened =
    (artifact: string): Open =>
    () =>
      download(server, `${root}/${artifact}`)
  if (path?.endsWith('.onnx')) return { kind: 'file', open: opened(path) }
  const found = await filesBelow(server, { run, folder: path ?? '', depth: 1 })
  if (found.length === 0) throw new Refused(`run ${run} has no artifacts${path ? ` below ${path}` : ''}: check the run and the path`)
  return { kind: 'folder', files: named(found, path).map(([artifact, name]): SourceFile => ({ path: name, open: opened(artifact) })) }
}

/** Who installed the operator says where its server is, whatever that is; an address in a spec has to be a safe one. */
const addressOf = (uri: string | undefined, tracking: string | undefined): string => {
  const { href } = uri === undefined && tracking ? new URL(tracking) : checkedAddress(uri ?? '', 'spec.import.from.mlflow.uri')
  return href.replace(/\/+$/, '')
}

/** Artifact and its path in the bundle. */
const named = (found: readonly string[], folder: string | undefined): [string, string][] => {
  const inFolder = found.map((artifact): [string, string] => [artifact, folder ? artifact.slice(folder.length + 1) : artifact])
  const isLogged = inFolder.some(([, name]) => name === bundleFile.listing)
  return isLogged ? inFolder.map(([artifact, name]) => [artifact, LOGGED[name] ?? name]) : inFolder
}

/** What another program says may be anything. */
const textIn = (value: unknown): string => (typeof value === 'string' ? value : '')

const artifactRoot = async (server: Server, run: string): Promise<string> => {
  const { run: found } = (await call(server, 'runs/get', { run_id: run })) as { run?: { info?: { artifact_uri?: unknown } } }
  const uri = textIn(found?.info?.artifact_uri)
  const [, root] = /^mlflow-artifacts:(?:\/\/[^/]*)?\/+(.+)$/.exec(uri) ?? []
  if (root) return root
  const scheme = /^[a-z0-9+.-]{1,20}:/.exec(uri)?.[0] ?? 'another place'
  throw new Refused(
    `the artifacts of run ${run} are kept at ${scheme} and not handed out by the server: run it with --serve-artifacts, or import from there`,
  )
}

interface Below {
  run: string
  folder: string
  depth: number
}

const filesBelow = async (server: Server, { run, folder, depth }: Below): Promise<string[]> => {
  if (depth > DEEPEST) throw new Refused(`${folder} is nested deeper than ${DEEPEST} folders: a bundle is not`)
  const files: string[] = []
  for (const { path, isFolder } of await listed(server, run, folder)) {
    files.push(...(isFolder ? await filesBelow(server, { run, folder: path, depth: depth + 1 }) : [path]))
    if (files.length > MOST_FILES)
      throw new Refused(`run ${run} has more than ${MOST_FILES} files there: name the folder of the bundle in path`)
  }
  return files
}

interface Page {
  files?: { path?: unknown; is_dir?: unknown }[]
  next_page_token?: unknown
}

const listed = async (server: Server, run: string, folder: string): Promise<{ path: string; isFolder: boolean }[]> => {
  const found: { path: string; isFolder: boolean }[] = []
  let token = ''
  for (let page = 0; page < MOST_PAGES; page++) {
    const query = { run_id: run, ...(folder && { path: folder }), ...(token && { page_token: token }) }
    const { files = [], next_page_token: next } = (await call(server, 'artifacts/list', query)) as Page
    found.push(...files.map(({ path, is_dir }) => ({ path: textIn(path), isFolder: is_dir === true })))
    if (!next) return found
    token = textIn(next)
  }
  throw new Refused(`run ${run} has too many artifacts to be listed: name the folder of the bundle in path`)
}

const call = async ({ uri, headers }: Server, path: string, query: Record<string, string>): Promise<object> => {
  const url = new URL(`${uri}/api/2.0/mlflow/${path}?${new URLSearchParams(query).toString()}`)
  const hints = {
    403: 'it does not let us in: check the credentials, and that MLFLOW_SERVER_ALLOWED_HOSTS there knows this name',
    404: 'it has no such run: check spec.import.from.mlflow.run and the server',
  }
  const text = await textOf(() => ask({ url, headers, hints }), { name: `the answer to ${path}`, maxBytes: MOST_ANSWER_BYTES })
  const answer = parsed(text)
  if (answer) return answer
  throw new Refused(`${url.origin} answers ${path} with something that is no JSON object: is it an MLflow server?`)
}

const parsed = (text: string): object | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

const download = ({ uri, headers }: Server, artifact: string) =>
  ask({
    url: new URL(`${uri}/api/2.0/mlflow-artifacts/artifacts/${artifact.split('/').map(encodeURIComponent).join('/')}`),
    headers,
    hints: { 404: 'the run has no such artifact: check spec.import.from.mlflow.path' },
  })
