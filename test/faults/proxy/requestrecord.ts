// Decides what a request to the API server is about: its verb, kind and object, read from its method, address and body.

/** One request, from when it came to when its client was told. */
export interface RequestRecord {
  /** From 1, over all requests. */
  number: number
  /** From 1, over requests that change something; undefined for the others and for Events, which are counted nowhere. */
  mutation?: number
  method: string
  /** With its query. */
  path: string
  verb: Verb
  /** Empty for the core group, and for addresses that are no resource, as is `resource`. */
  group: string
  resource: string
  subresource?: string
  namespace?: string
  name?: string
  /** Of requests that change something. */
  body?: string
  /** Both as `performance.now()` counts. */
  beganAt: number
  endedAt?: number
  /** What the API server said; undefined: not forwarded, or no answer came. */
  status?: number
  /** What the client was told, when it was told anything. */
  told?: number
}

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'apply' | 'patch' | 'update' | 'delete' | 'deletecollection'

type About = Pick<RequestRecord, 'verb' | 'group' | 'resource' | 'subresource' | 'namespace' | 'name' | 'body'>

export interface Received {
  method: string
  path: string
  contentType?: string | undefined
  body: Buffer
}

export const isChange = (verb: Verb): boolean => verb !== 'get' && verb !== 'list' && verb !== 'watch'

/** Its answer is told piece by piece, for as long as it takes. */
export const isStream = ({ verb, subresource }: About): boolean => verb === 'watch' || (verb === 'get' && subresource === 'log')

/** What is said of a request before it has a number. */
export const about = (received: Received): About => {
  const { pathname, searchParams } = new URL(received.path, 'https://localhost')
  const place = placeOf(pathname.split('/').filter(Boolean).map(decodeURIComponent))
  const verb = verbOf(received, place, searchParams)
  if (!isChange(verb)) return { ...place, verb }
  const body = received.body.toString()
  return { ...place, name: place.name ?? (verb === 'create' ? nameIn(body) : undefined), verb, body }
}

type Place = Pick<RequestRecord, 'group' | 'resource' | 'subresource' | 'namespace' | 'name'>

/** `/api/v1/…` or `/apis/GROUP/VERSION/…`, then maybe a namespace, then the kind, the object and a part of it. */
const placeOf = (parts: string[]): Place => {
  const nothing: Place = { group: '', resource: '' }
  if (parts[0] !== 'api' && parts[0] !== 'apis') return nothing
  const group = parts[0] === 'apis' ? (parts[1] ?? '') : ''
  const rest = parts.slice(parts[0] === 'apis' ? 3 : 2)
  const inside = rest[0] === 'namespaces' && rest.length > 2 && !['status', 'finalize'].includes(rest[2] ?? '')
  const namespace = inside ? rest[1] : undefined
  const [resource, name, subresource] = inside ? rest.slice(2) : rest
  return resource === undefined ? nothing : { group, resource, subresource, namespace, name }
}

const patches: Record<string, Verb> = { 'application/apply-patch+yaml': 'apply' }

const verbOf = ({ method, contentType = '' }: Received, { name }: Place, query: URLSearchParams): Verb => {
  if (method === 'POST') return 'create'
  if (method === 'PUT') return 'update'
  if (method === 'PATCH') return patches[contentType.split(';')[0]?.trim() ?? ''] ?? 'patch'
  if (method === 'DELETE') return name === undefined ? 'deletecollection' : 'delete'
  if (['true', '1'].includes(query.get('watch') ?? '')) return 'watch'
  return name === undefined ? 'list' : 'get'
}

const nameIn = (body: string): string | undefined => {
  try {
    return (JSON.parse(body) as { metadata?: { name?: string } } | null)?.metadata?.name
  } catch {
    return undefined
  }
}
