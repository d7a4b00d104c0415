// Makes etcd forget its history, as it does every five minutes in a real cluster.
import type { ControlPlane } from '../../cluster/controlplane.ts'
import { portsOf } from '../../cluster/slot.ts'

/** The ports of a slot lie side by side: where the API server listens tells where its etcd does. */
const etcdOf = (plane: ControlPlane): string => {
  const port = Number(new URL(plane.server).port)
  for (let slot = 0; ; slot++) {
    const ports = portsOf(slot)
    if (ports.apiserver === port) return `http://127.0.0.1:${ports.etcd}`
  }
}

export const compact = async (plane: ControlPlane): Promise<void> => {
  const etcd = etcdOf(plane)
  const ask = async (path: string, body: object) => {
    const answer = await fetch(`${etcd}${path}`, { method: 'POST', body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`etcd answered ${answer.status} to ${path}`)
    return (await answer.json()) as { header: { revision: string } }
  }
  const { header } = await ask('/v3/kv/range', { key: Buffer.from('a').toString('base64') })
  await ask('/v3/kv/compaction', { revision: header.revision, physical: true })
}
