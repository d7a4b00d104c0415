// Decides how little a pod of ours may do: what the restricted Pod Security Standard asks, and more.

/** User and group of every image of ours. */
export const USER = 10_001

/** Fields of a pod's spec. */
export const restrictedPod = {
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: USER,
    runAsGroup: USER,
    fsGroup: USER,
    // Without it the kubelet walks every file of a claim at each start.
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
  },
} as const

/** Fields of a container. */
export const restrictedContainer = {
  // A container that dies without a last word leaves the end of its log instead, so that the cause stands in the status.
  terminationMessagePolicy: 'FallbackToLogsOnError',
  securityContext: {
    allowPrivilegeEscalation: false,
    privileged: false,
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  },
} as const

/** The root is read-only, so a place for temporary files is needed; it is bounded, or it could fill the node. */
export const temporaryFiles = (sizeLimit: string) => ({
  volume: { name: 'tmp', emptyDir: { sizeLimit } },
  mount: { name: 'tmp', mountPath: '/tmp' },
})
