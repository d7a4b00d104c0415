import { describe, expect, it } from 'vitest'
import type { ModelVersion } from '../../api/modelversion.ts'
import { condition, digest, healthy, live, model, modelVersion, names, pod, service, stable, world } from './example.ts'
import { plan } from './plan.ts'

const imported = (number: number, status: ModelVersion['status'] = {}): ModelVersion => {
  const version = modelVersion(number)
  const { evaluation: _, ...spec } = version.spec
  return { ...version, spec: { ...spec, import: { from: { claim: { name: 'models', path: 'v' } } } }, status }
}

const ready = (reason: string, message: string): ModelVersion['status'] => ({
  conditions: [{ type: 'Ready', status: 'Unknown', reason, message, observedGeneration: 1, lastTransitionTime: '2026-01-01T00:00:00Z' }],
})

const asked = (version: ModelVersion) =>
  world({ versions: new Map([[1, version]]) }, { ...service(), spec: { ...service().spec, traffic: [{ version: 1 }] } })

describe('a service that asks for an imported version', () => {
  it.each([
    ['was not looked at yet', undefined, 'Importing', 'it is not imported yet'],
    ['is being imported', ready('Importing', 'is being imported from here'), 'Importing', 'is being imported from here'],
    ['could not be imported', ready('ImportFailed', 'not imported from here'), 'ImportFailed', 'not imported from here'],
  ])('makes nothing while it %s, and says so', (_, status, reason, message) => {
    const planned = plan(asked(imported(1, status)))
    expect(names(planned)).toEqual([])
    expect(condition(planned, 'Ready')).toMatchObject({ status: 'False', reason, message: expect.stringContaining(message) })
  })

  it('serves the digest that came out of the import, not the one of its source', () => {
    const at = '2026-01-01T00:00:00Z'
    const planned = plan(asked(imported(1, { bundle: { digest: digest(77), at } })))
    const deployment = planned.apply.find(({ object }) => object.kind === 'Deployment')?.object as unknown as {
      spec: { template: { spec: { containers: { env: { name: string; value: string }[] }[] } } }
    }
    const env = deployment.spec.template.spec.containers[0]?.env ?? []
    expect(env.find(({ name }) => name === 'TIDEGATE_DIGEST')?.value).toBe(digest(77))
  })

  it('leaves alone what serves, should its version be created anew without a bundle', () => {
    const serving = { services: [stable(1)], deployments: [live(1)], pods: [pod(1, 'a', true)], health: new Map([['uid-a', healthy(1)]]) }
    const seen = {
      ...serving,
      model: model({ Production: 2 }),
      versions: new Map([
        [1, imported(1)],
        [2, modelVersion(2)],
      ]),
    }
    const planned = plan(world(seen))
    expect(planned.apply.find(({ object }) => object.metadata.name === 'iris-v1')).toMatchObject({ mode: 'keep' })
  })
})
