// The volume provisioner: persistent volumes as folders on the node, made when the first pod of a claim is scheduled.
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { contentKey } from '../contentkey.ts'
import { kubeconfigFor } from '../kubeconfig.ts'
import { type ClusterLayout, nodeName, serverUrl } from '../layout.ts'
import type { Part } from '../part.ts'

const PROGRAM = join(import.meta.dirname, '..', 'volumes', 'provisioner.ts')

export async function volumes(layout: ClusterLayout): Promise<Part> {
  const { folder, pki, name } = layout
  const kubeconfig = await kubeconfigFor(
    { pki, server: serverUrl(layout), name },
    { user: 'volume-provisioner', groups: ['system:masters'] },
  )
  const place = ['--kubeconfig', kubeconfig, '--node', nodeName(name), '--folder', join(folder, 'volumes')]
  return {
    name: 'volume-provisioner',
    argv: [process.execPath, PROGRAM, ...place],
    // A change of the program starts it anew, as a change of a binary does.
    env: { TIDEGATE_SOURCE: contentKey([], globSync(join(PROGRAM, '..', '*.ts')).sort()) },
    ready: () => Promise.resolve(),
  }
}
