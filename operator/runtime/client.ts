// The only file that talks to the API server: every call the runtime makes, in raw JSON, with its preconditions.
import type { Call } from './connection.ts'
import { ApiError, isNotFound } from './errors.ts'
import { nameOf, pathOf, queryOf, type Selection, type Target } from './paths.ts'
import { createSend, type RequestOptions, type Send } from './requests.ts'
import type { KubeObject, ResourceRef } from './shape.ts'
import { type WatchEvent, type WatchOptions, watch } from './stream.ts'

export interface ClientOptions extends RequestOptions {
  fieldManager: string
}

export interface List {
  items: KubeObject[]
  resourceVersion: string
}

export interface PatchStep {
  op: 'test' | 'add' | 'replace' | 'remove'
  path: string
  value?: unknown
}

export interface Client {
  get(resource: ResourceRef, target: Target): Promise<KubeObject | undefined>
  /** Every object, by pages of 500, consistent: never from a cache that may be old. */
  list(resource: ResourceRef, selection?: Selection): Promise<List>
  watch(resource: ResourceRef, options: WatchOptions): AsyncGenerator<WatchEvent>
  create(resource: ResourceRef, object: KubeObject): Promise<KubeObject>
  /** Whether it would be created just so, with every field known; throws the refusal. Nothing is written. */
  rehearse(resource: ResourceRef, object: KubeObject): Promise<void>
  /** Server-side apply with force; the object carries the uid and the version it is meant for. */
  apply(resource: ResourceRef, object: KubeObject): Promise<KubeObject>
  patch(resource: ResourceRef, target: Target, steps: PatchStep[]): Promise<KubeObject>
  merge(resource: ResourceRef, target: Target, change: object): Promise<KubeObject>
  /** Replaces the whole object; its resourceVersion is the precondition. */
  update(resource: ResourceRef, object: KubeObject): Promise<KubeObject>
  /** Replaces the whole status; the object's uid and resourceVersion are preconditions. */
  putStatus(resource: ResourceRef, object: KubeObject): Promise<KubeObject>
  /** Deletes this very object (by uid). Undefined when it is gone at once, the object when something still holds it. */
  remove(resource: ResourceRef, object: KubeObject): Promise<KubeObject | undefined>
  /** The same, unless it was changed since it was read: then nobody has decided that it is to go. */
  removeUnchanged(resource: ResourceRef, object: KubeObject): Promise<KubeObject | undefined>
}

const pageSize = 500

const contentTypes = {
  apply: 'application/apply-patch+yaml',
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
}

/** Items of a built-in list come without their kind. */
const named = (resource: ResourceRef, object: KubeObject): KubeObject => {
  object.apiVersion ||= resource.apiVersion
  object.kind ||= resource.kind
  return object
}

const patch = (path: string, contentType: string, body: unknown): Call => ({
  method: 'PATCH',
  path,
  contentType,
  body: JSON.stringify(body),
})

export const createClient = (options: ClientOptions): Client => {
  const send = createSend(options)
  const pathWith = (resource: ResourceRef, target: Target, query: Record<string, string | boolean> = {}): string =>
    pathOf(resource, target) + queryOf({ fieldManager: options.fieldManager, ...query })
  const write = async (resource: ResourceRef, target: Target, call: Call): Promise<KubeObject> =>
    named(resource, (await send(call, nameOf(resource, target))) as KubeObject)
  const post = (resource: ResourceRef, object: KubeObject, query: Record<string, string> = {}): Promise<KubeObject> => {
    const { namespace, name } = object.metadata
    const path = pathWith(resource, { namespace }, query)
    return write(resource, { namespace, name }, { method: 'POST', path, body: JSON.stringify(object) })
  }
  const put = (resource: ResourceRef, target: Target, object: KubeObject): Promise<KubeObject> =>
    write(resource, target, { method: 'PUT', path: pathWith(resource, target), body: JSON.stringify(object) })

  return {
    get: (resource, target) => getOne(send, resource, target),
    list: (resource, selection = {}) => listAll(send, resource, selection),
    watch: (resource, watchOptions) => watch(options, resource, watchOptions),
    create: (resource, object) => post(resource, object),
    rehearse: async (resource, object) => void (await post(resource, object, { dryRun: 'All', fieldValidation: 'Strict' })),
    apply(resource, object) {
      const { namespace, name } = object.metadata
      const path = pathWith(resource, { namespace, name }, { force: true })
      return write(resource, { namespace, name }, patch(path, contentTypes.apply, object))
    },
    patch: (resource, target, steps) => write(resource, target, patch(pathWith(resource, target), contentTypes.json, steps)),
    merge: (resource, target, change) => write(resource, target, patch(pathWith(resource, target), contentTypes.merge, change)),
    update: (resource, object) => put(resource, { namespace: object.metadata.namespace, name: object.metadata.name }, object),
    putStatus(resource, object) {
      const { namespace, name } = object.metadata
      return put(resource, { namespace, name, subresource: 'status' }, object)
    },
    remove: (resource, { metadata: { uid, ...target } }) => removeOne(send, resource, { target, preconditions: { uid } }),
    removeUnchanged: (resource, { metadata: { uid, resourceVersion, ...target } }) =>
      removeOne(send, resource, { target, preconditions: { uid, resourceVersion } }),
  }
}

const getOne = async (send: Send, resource: ResourceRef, target: Target): Promise<KubeObject | undefined> => {
  try {
    return named(resource, (await send({ method: 'GET', path: pathOf(resource, target) }, nameOf(resource, target))) as KubeObject)
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

interface Removal {
  target: Pick<Target, 'namespace' | 'name'>
  preconditions: { uid?: string | undefined; resourceVersion?: string | undefined }
}

const removeOne = async (send: Send, resource: ResourceRef, { target, preconditions }: Removal): Promise<KubeObject | undefined> => {
  const body = JSON.stringify({ propagationPolicy: 'Background', preconditions })
  const path = pathOf(resource, target)
  const rest = (await send({ method: 'DELETE', path, body }, nameOf(resource, target))) as KubeObject
  return rest.kind === 'Status' ? undefined : named(resource, rest)
}

interface Page {
  metadata?: { resourceVersion?: string; continue?: string }
  items?: KubeObject[] | null
}

/** No resourceVersion in the query: the first page is read from the store, not from a cache that may travel back in time. */
const listAll = async (send: Send, resource: ResourceRef, selection: Selection): Promise<List> => {
  const { namespace, ...selectors } = selection
  const name = nameOf(resource, { namespace })
  const items: KubeObject[] = []
  let token: string | undefined
  for (;;) {
    const path = pathOf(resource, { namespace }) + queryOf({ limit: pageSize, continue: token, ...selectors })
    // Whoever follows a kind asks again at its own pace; only a list that is half read is worth more.
    const page = (await send({ method: 'GET', path, once: token === undefined }, name)) as Page | undefined
    const resourceVersion = page?.metadata?.resourceVersion
    if (!page || !resourceVersion) {
      throw new ApiError({ attempt: `GET ${name}`, status: 200, reason: 'Unreadable', message: 'the answer is not a list' })
    }
    for (const item of page.items ?? []) items.push(named(resource, item))
    token = page.metadata?.continue || undefined
    if (!token) return { items, resourceVersion }
  }
}
