import { describe, expect, it } from 'vitest'
import type { InferenceServiceStatus } from '../../api/inferenceservice.ts'
import type { ModelVersionStatus } from '../../api/modelversion.ts'
import { plan } from './plan.ts'
import { nothingElse, sampleModel, sampleService, sampleVersion, start } from './sampleworld.ts'

const versions = [sampleVersion(1, 0.9), sampleVersion(2, 0.9)]
const running = (version: number) => ({ version, digest: '', replicas: 1, ready: 1 })

const told = (services: Record<string, InferenceServiceStatus | undefined>, object = sampleModel({ stages: [] }) as never) => {
  const world = { ...nothingElse, object, versions, decisions: [], now: start }
  const seen = Object.entries(services).map(([name, status]) => sampleService(name, status))
  return (plan({ ...world, services: seen }).statuses ?? []).map(({ status }) => (status as ModelVersionStatus).servedBy)
}

describe('what serves a version', () => {
  it('is every service that answers with it or runs it, by name', () => {
    const shop = { entry: 1, traffic: [running(1), running(2)] }
    expect(told({ shop, blog: { entry: 2, traffic: [running(2)] } })).toEqual([['shop'], ['blog', 'shop']])
  })

  it('is no service that has not begun, and none that is gone', () => {
    expect(told({ shop: undefined, blog: { traffic: [] } })).toEqual([undefined, undefined])
    expect(told({})).toEqual([undefined, undefined])
  })

  it('is told without a Model, too', () => {
    expect(told({ shop: { entry: 1 } }, undefined)).toEqual([['shop'], undefined])
  })
})
