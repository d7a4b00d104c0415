import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { label } from '../../api/contract.ts'
import type { KubeObject } from '../../runtime/shape.ts'
import type { Deployment, Service } from '../observed.ts'
import { healthy, live, model, modelVersion, names, pod, selected, world } from './example.ts'
import { plan } from './plan.ts'

/** A cluster that does what the plan says, one pass at a time, with pods that become ready, break or vanish at random. */
const events = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('promote' as const), version: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ kind: fc.constant('empty' as const) }),
    fc.record({ kind: fc.constant('ready' as const), version: fc.integer({ min: 1, max: 4 }), ready: fc.boolean() }),
    fc.record({ kind: fc.constant('scale' as const), version: fc.integer({ min: 1, max: 4 }), replicas: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ kind: fc.constant('forget' as const), version: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ kind: fc.constant('pass' as const) }),
  ),
  { maxLength: 60 },
)

describe('whatever happens', () => {
  it('clients never move to a version that is not ready, and what answers them is never taken away', () => {
    fc.assert(
      fc.property(events, actions => {
        let holders: Record<string, number> = {}
        let deployments: Deployment[] = []
        let services: Service[] = []
        const readiness = new Map<number, boolean>()
        const versions = new Map([1, 2, 3, 4].map(number => [number, modelVersion(number)]))
        for (const action of [...actions, { kind: 'pass' as const }]) {
          if (action.kind === 'promote') holders = { Production: action.version }
          else if (action.kind === 'empty') holders = {}
          else if (action.kind === 'ready') readiness.set(action.version, action.ready)
          else if (action.kind === 'forget') versions.delete(action.version)
          else if (action.kind === 'scale')
            deployments = deployments.map(each =>
              each.metadata.name === `iris-v${action.version}` ? live(action.version, action.replicas) : each,
            )
          else {
            const pods = deployments.flatMap(each => {
              const version = Number(each.metadata.name.slice(6))
              return Array.from({ length: each.spec?.replicas ?? 1 }, (_, i) =>
                pod(version, `p${version}-${i}`, readiness.get(version) ?? false),
              )
            })
            const health = new Map(pods.map(each => [each.metadata.uid ?? '', healthy(Number(each.metadata.labels?.[label.version]))]))
            const before = services.find(each => each.metadata.name === 'iris')?.spec?.selector?.[label.version]
            const planned = plan(world({ model: model(holders), deployments, services, pods, health, versions }))
            if (planned.hold) continue
            const after = selected(planned)
            if (before !== undefined && after !== before) expect(readiness.get(Number(after))).toBe(true)
            expect(names(planned)).toContain(`Service/iris`)
            if (deployments.some(each => each.metadata.name === `iris-v${after}`))
              expect(names(planned)).toContain(`Deployment/iris-v${after}`)
            const kept = (kind: string) => planned.apply.filter(({ object }) => object.kind === kind).map(({ object }) => object)
            deployments = kept('Deployment').map(
              object =>
                deployments.find(each => each.metadata.name === object.metadata.name) ?? live(Number(object.metadata.name.slice(6))),
            )
            for (const scale of planned.scale ?? [])
              deployments = deployments.map(each =>
                each.metadata.name === scale.name ? live(Number(scale.name.slice(6)), scale.replicas) : each,
              )
            services = kept('Service') as KubeObject[] as Service[]
          }
        }
      }),
      { numRuns: 500 },
    )
  })
})
