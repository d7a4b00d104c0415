import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ContainerState, Pod } from '../observed.ts'
import { rootCause } from './cause.ts'

const fields = { image: 'compute.image', resources: 'compute.resources' }

interface Shape {
  name?: string
  state?: ContainerState
  lastState?: ContainerState
  ready?: boolean
  limit?: string
  status?: Pod['status']
  deleting?: true
}

const pod = ({ name = 'a', state, lastState, ready, limit, status, deleting }: Shape): Pod =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...(deleting && { deletionTimestamp: '2026-01-01T00:00:00Z' }) },
    spec: {
      nodeName: 'n1',
      containers: [{ name: 'trainer', image: 'acme/t:1', ...(limit && { resources: { limits: { memory: limit } } }) }],
    },
    status: { ...((state || lastState) && { containerStatuses: [{ name: 'trainer', state, lastState, ready }] }), ...status },
  }) as Pod

const unscheduled = (message: string, reason = 'Unschedulable'): Shape => ({
  status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason, message }] },
})

const table: { is: string; pod: Shape; reason: string; says: string[] }[] = [
  {
    is: 'an image that does not exist',
    pod: { state: { waiting: { reason: 'ErrImagePull', message: 'rpc error: code = NotFound desc = acme/t:1: not found' } } },
    reason: 'ImagePullFailed',
    says: ['acme/t:1', 'trainer', 'not found', 'check compute.image'],
  },
  {
    is: 'an image name that cannot be read',
    pod: { state: { waiting: { reason: 'InvalidImageName', message: "couldn't parse image name" } } },
    reason: 'ImagePullFailed',
    says: ["couldn't parse image name"],
  },
  {
    is: 'an image that is not there and may not be pulled',
    pod: { state: { waiting: { reason: 'ErrImageNeverPull' } } },
    reason: 'ImagePullFailed',
    says: ['ErrImageNeverPull'],
  },
  {
    is: 'a container that runs as root where it must not',
    pod: { state: { waiting: { reason: 'CreateContainerConfigError', message: 'container has runAsNonRoot and image will run as root' } } },
    reason: 'ContainerConfigInvalid',
    says: ['will run as root'],
  },
  {
    is: 'a command that does not exist',
    pod: { state: { terminated: { exitCode: 128, reason: 'StartError', message: 'exec: "x": executable file not found' } } },
    reason: 'ContainerConfigInvalid',
    says: ['executable file not found'],
  },
  {
    is: 'a container killed for its memory',
    pod: { state: { terminated: { exitCode: 137, reason: 'OOMKilled' } }, limit: '64Mi' },
    reason: 'OutOfMemory',
    says: ['64Mi', 'compute.resources.limits.memory'],
  },
  {
    is: 'a container killed for its memory that waits to be started again',
    pod: { state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } } },
    reason: 'OutOfMemory',
    says: ['memory'],
  },
  {
    is: 'a container that crashes with a message',
    pod: {
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 1, reason: 'Error', message: 'no model at /model\n' } },
    },
    reason: 'Crashed',
    says: ['exit code 1', 'no model at /model'],
  },
  {
    is: 'a container that crashes in silence',
    pod: { state: { terminated: { exitCode: 139, reason: 'Error' } } },
    reason: 'Crashed',
    says: ['exit code 139', 'log'],
  },
  {
    is: 'a pod that no node can take',
    pod: unscheduled('0/1 nodes are available: 1 Insufficient memory. preemption: 0/1 nodes are available: 1 No preemption victims found.'),
    reason: 'Unschedulable',
    says: ['Insufficient memory', 'compute.resources'],
  },
  {
    is: 'a claim that does not exist',
    pod: unscheduled('persistentvolumeclaim "churn-data" not found'),
    reason: 'ClaimUnbound',
    says: ['"churn-data" not found', 'create the PersistentVolumeClaim'],
  },
  {
    is: 'a claim that is not bound',
    pod: unscheduled('0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.'),
    reason: 'ClaimUnbound',
    says: ['unbound immediate'],
  },
  {
    is: 'a claim without a volume',
    pod: unscheduled("0/2 nodes are available: 2 node(s) didn't find available persistent volumes to bind."),
    reason: 'ClaimUnbound',
    says: ['persistent volumes'],
  },
  {
    is: 'a pod under node pressure',
    pod: { status: { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: ephemeral-storage.' } },
    reason: 'Evicted',
    says: ['n1', 'low on resource'],
  },
  {
    is: 'a pod that was preempted',
    pod: {
      status: { phase: 'Failed', conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler', message: '' }] },
    },
    reason: 'Evicted',
    says: ['n1', 'PreemptionByScheduler'],
  },
  {
    is: 'a pod that its node refused',
    pod: { status: { phase: 'Failed', reason: 'OutOfcpu', message: 'Pod was rejected' } },
    reason: 'Unschedulable',
    says: ['Pod was rejected'],
  },
  {
    is: 'a pod that ran too long',
    pod: {
      status: { phase: 'Failed', reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' },
    },
    reason: 'DeadlineExceeded',
    says: ['longer'],
  },
]

describe('the cause of a broken pod', () => {
  it.each(table)('names $is', ({ pod: shape, reason, says }) => {
    const cause = rootCause([pod(shape)], fields)
    expect(cause?.reason).toBe(reason)
    for (const words of says) expect(cause?.message).toContain(words)
  })

  it('leaves out what the scheduler says about preemption', () => {
    expect(rootCause([pod(unscheduled('1 Insufficient cpu. preemption: none.'))], fields)?.message).not.toContain('preemption')
  })

  it('leaves out what the scheduler of Kubernetes 1.36 says about devices', () => {
    const room = '0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available.'
    expect(rootCause([pod(unscheduled(room))], fields)?.message).toBe(
      'no node takes the pod: 0/1 nodes are available: 1 Insufficient cpu; lower the requests of compute.resources, or add a node',
    )
    const claim = '0/1 nodes are available: persistentvolumeclaim "rows" not found. not found'
    expect(rootCause([pod(unscheduled(claim))], fields)?.message).toContain('persistentvolumeclaim "rows" not found; create')
  })

  it('names the claims of the pod where the scheduler does not', () => {
    const waiting = pod(unscheduled('0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.'))
    Object.assign(waiting.spec ?? {}, { volumes: [{ emptyDir: {} }, { persistentVolumeClaim: { claimName: 'churn-artifacts' } }] })
    expect(rootCause([waiting], fields)?.message).toContain(
      'unbound immediate PersistentVolumeClaims (the pod mounts churn-artifacts); create',
    )
  })

  it.each([
    ['TerminationByKubelet', 'The node was low on resource: memory.', 'low on resource: memory; raise the requests of compute.resources'],
    ['EvictionByEvictionAPI', 'Eviction API: evicting', 'as kubectl drain does'],
    ['PreemptionByScheduler', 'default-scheduler: preempting', 'higher priority'],
    ['DeletionByTaintManager', 'Taint manager: deleting', 'tainted'],
  ])('tells what helps against %s', (reason, message, says) => {
    const status = { phase: 'Failed', conditions: [{ type: 'DisruptionTarget', status: 'True', reason, message }] }
    expect(rootCause([pod({ status })], fields)?.message).toContain(says)
  })

  it('names the limit that a pod exceeded on disk', () => {
    const message = 'Pod ephemeral local storage usage exceeds the total limit of containers 1k. '
    const cause = rootCause([pod({ status: { phase: 'Failed', reason: 'Evicted', message } })], fields)
    expect(cause?.message).toMatch(/total limit of containers 1k; raise compute\.resources\.limits\.ephemeral-storage$/)
  })

  it('reads the same during an attempt to pull and during the pause before the next', () => {
    const attempt = pod({ state: { waiting: { reason: 'ErrImagePull', message: 'rpc error: code = NotFound desc = x: not found' } } })
    const pause = pod({
      state: {
        waiting: {
          reason: 'ImagePullBackOff',
          message: 'Back-off pulling image "acme/t:1": ErrImagePull: rpc error: code = NotFound desc = x: not found',
        },
      },
    })
    expect(rootCause([attempt], fields)).toEqual(rootCause([pause], fields))
  })

  it('is nothing for pods that run, start, ended well, or recovered', () => {
    const crashed: ContainerState = { terminated: { exitCode: 1 } }
    const well: Shape[] = [
      { state: { running: {} }, ready: true },
      { state: { waiting: { reason: 'ContainerCreating' } } },
      { state: { terminated: { exitCode: 0 } }, status: { phase: 'Succeeded' } },
      { state: { running: {} }, lastState: crashed, ready: true },
      unscheduled('waiting for a gate', 'SchedulingGated'),
      {},
    ]
    expect(well.map(shape => rootCause([pod(shape)], fields))).toEqual(well.map(() => undefined))
  })

  it('is the worst of several, whatever their order', () => {
    const pods = [pod(unscheduled('1 Insufficient cpu')), pod({ name: 'b', state: { waiting: { reason: 'ErrImagePull' } } })]
    expect(rootCause(pods, fields)?.reason).toBe('ImagePullFailed')
    expect(rootCause(pods.toReversed(), fields)).toEqual(rootCause(pods, fields))
  })

  it('does not blame pods that are being deleted while others stay', () => {
    const leaving = pod({ name: 'old', deleting: true, state: { terminated: { exitCode: 1 } } })
    expect(rootCause([leaving, pod({ state: { running: {} }, ready: true })], fields)).toBeUndefined()
    expect(rootCause([leaving], fields)?.reason).toBe('Crashed')
  })

  it('is one printable line of bounded length, whatever the pod says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), message => {
        const cause = rootCause([pod({ state: { terminated: { exitCode: 1, message } } })], fields)
        expect(cause?.message.length).toBeLessThan(600)
        expect(cause?.message.isWellFormed()).toBe(true)
        expect(cause?.message).not.toMatch(/\p{Cc}/u)
      }),
    )
  })
})
