// The kind that everything else lives in, as the API server addresses it.
import type { ResourceRef } from '../../operator/runtime/shape.ts'

export const namespaces: ResourceRef = { apiVersion: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false }
