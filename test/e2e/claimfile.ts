// Looks into a PersistentVolumeClaim through a pod, as anyone without access to the node must.
import { randomBytes } from 'node:crypto'
import type { World } from './world.ts'

/** The content of one file on a claim. */
export const readFromClaim = (world: World, claim: string, path: string): Promise<string> =>
  onClaim(world, claim, ['cat', `/claim/${path}`])

/** Runs one command in a pod that mounts the claim at /claim, and gives what it prints. */
export const onClaim = async ({ kubectl, images }: World, claim: string, command: string[]): Promise<string> => {
  const name = `look-${randomBytes(3).toString('hex')}`
  await kubectl.apply(pod({ name, claim, command, image: images.server ?? '' }))
  try {
    await kubectl('wait', '--for=jsonpath={.status.phase}=Succeeded', `pod/${name}`, '--timeout=60s')
    return await kubectl('logs', name)
  } finally {
    await kubectl('delete', 'pod', name, '--now', '--wait=false')
  }
}

const pod = ({ name, claim, command, image }: { name: string; claim: string; command: string[]; image: string }) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 0,
    securityContext: { runAsNonRoot: true, runAsUser: 10001, fsGroup: 10001, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'look',
        image,
        command,
        resources: { requests: { cpu: '1m', memory: '16Mi' } },
        securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
        volumeMounts: [{ name: 'claim', mountPath: '/claim' }],
      },
    ],
    volumes: [{ name: 'claim', persistentVolumeClaim: { claimName: claim } }],
  },
})
