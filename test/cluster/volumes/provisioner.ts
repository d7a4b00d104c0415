// A program that gives every claim of the storage class a folder on the node, and removes the folder after the claim.
import { mkdirSync, rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type ApiClient, type ApiObject, apiClient } from './apiclient.ts'
import { type Claim, failure, isReleased, obstacle, type Place, type Volume, volume, wantsVolume } from './localvolume.ts'

const RETRY_MS = 1000
const CLAIMS = '/api/v1/persistentvolumeclaims'
const VOLUMES = '/api/v1/persistentvolumes'

const refused = new Set<string>()

async function serveClaim(api: ApiClient, claim: Claim, place: Place): Promise<void> {
  if (!wantsVolume(claim, place.node)) return
  const reason = obstacle(claim)
  if (reason !== undefined) return refuse(api, claim, reason)
  const made = volume(claim, place)
  if (made.spec.local) mkdirSync(made.spec.local.path, { recursive: true })
  await api.send('POST', VOLUMES, made)
  console.log(`volume ${made.metadata.name} for ${claim.metadata.namespace}/${claim.metadata.name}`)
}

async function refuse(api: ApiClient, claim: Claim, reason: string): Promise<void> {
  const { namespace, uid = '' } = claim.metadata
  if (refused.has(uid)) return
  refused.add(uid)
  await api.send('POST', `/api/v1/namespaces/${namespace}/events`, failure(claim, reason))
}

async function removeVolume(api: ApiClient, released: Volume): Promise<void> {
  if (!isReleased(released)) return
  if (released.spec.local) rmSync(released.spec.local.path, { recursive: true, force: true })
  await api.send('DELETE', `${VOLUMES}/${released.metadata.name}`)
  console.log(`removed volume ${released.metadata.name}`)
}

/** Sees every object at least once after every interruption, so that nothing is missed. */
async function follow<T extends ApiObject>(api: ApiClient, path: string, act: (object: T) => Promise<void>): Promise<never> {
  for (;;) {
    await followOnce(api, path, act).catch(error => console.error(String(error)))
    await sleep(RETRY_MS)
  }
}

async function followOnce<T extends ApiObject>(api: ApiClient, path: string, act: (object: T) => Promise<void>): Promise<void> {
  for await (const { type, object } of api.watch<T>(path)) {
    if (type === 'ADDED' || type === 'MODIFIED') await act(object)
  }
}

const { values } = parseArgs({ options: { kubeconfig: { type: 'string' }, node: { type: 'string' }, folder: { type: 'string' } } })
const { kubeconfig, node, folder } = values
if (!kubeconfig || !node || !folder) throw new Error('usage: provisioner.ts --kubeconfig FILE --node NAME --folder FOLDER')
const api = apiClient(kubeconfig)
const place: Place = { node, folder }
await Promise.all([
  follow<Claim>(api, CLAIMS, claim => serveClaim(api, claim, place)),
  follow<Volume>(api, VOLUMES, released => removeVolume(api, released)),
])
