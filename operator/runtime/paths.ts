// Decides the address of a kind, an object or a subresource on the API server.
import type { ResourceRef } from './shape.ts'

export interface Target {
  namespace?: string | undefined
  name?: string
  subresource?: 'status' | 'scale'
}

export interface Selection {
  namespace?: string
  labelSelector?: string
  fieldSelector?: string
}

export const pathOf = (resource: ResourceRef, target: Target = {}): string => {
  const root = resource.apiVersion.includes('/') ? `/apis/${resource.apiVersion}` : `/api/${resource.apiVersion}`
  const space = resource.namespaced && target.namespace ? `/namespaces/${encodeURIComponent(target.namespace)}` : ''
  const name = target.name === undefined ? '' : `/${encodeURIComponent(target.name)}`
  const subresource = target.subresource ? `/${target.subresource}` : ''
  return `${root}${space}/${resource.plural}${name}${subresource}`
}

/** `?a=1&b=2`, leaving out what is undefined. */
export const queryOf = (parameters: Record<string, string | number | boolean | undefined>): string => {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) search.set(name, String(value))
  return search.size === 0 ? '' : `?${search.toString()}`
}

/** How an attempt is named in messages: `deployments n/iris`. */
export const nameOf = (resource: ResourceRef, target: Target = {}): string => {
  const place = [target.namespace, target.name].filter(Boolean).join('/')
  return [resource.plural + (target.subresource ? `/${target.subresource}` : ''), place].filter(Boolean).join(' ')
}
