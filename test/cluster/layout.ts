// What the parts of one cluster need to know about each other.
import { join } from 'node:path'
import type { Binaries } from './binaries.ts'
import type { Pki } from './pki.ts'
import type { CONTROL_PLANE_BINARIES } from './recipes.ts'
import type { Ports } from './slot.ts'

export type ControlPlaneBinary = (typeof CONTROL_PLANE_BINARIES)[number]

/** The ground that the control plane stands on, whether nodes follow or not. */
export type Layout = {
  name: string
  folder: string
  pki: Pki
  ports: Ports
  /** The address that the API server listens at. */
  address: string
  serviceSubnet: string
  kubernetesAddress: string
  binaries: Binaries<ControlPlaneBinary>
}

export function serverUrl(layout: Layout): string {
  return `https://${layout.address}:${layout.ports.apiserver}`
}

/** Where the API server writes who changed what. */
export function auditLog(layout: Layout): string {
  return join(layout.folder, 'audit.log')
}
