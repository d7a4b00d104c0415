import { describe, expect, it } from 'vitest'
import { trainingJob } from '../../../test/simulated/trainingjob.ts'
import { claims } from './claims.ts'

const names = (...change: Parameters<typeof trainingJob>) => claims(trainingJob(...change)).map(({ object }) => object.metadata.name)
const csv = (claim?: string) => ({ source: { csv: { path: 'a.csv', ...(claim && { claim }) } }, target: 'y' })

describe('claims', () => {
  it('are made for artifacts, and for data only when a csv source needs one', () => {
    expect(names()).toEqual(['iris-artifacts'])
    expect(names({ data: { source: { configMap: { name: 'a', key: 'b' } }, target: 'y' } })).toEqual(['iris-artifacts'])
    expect(names({ data: csv() })).toEqual(['iris-data', 'iris-artifacts'])
  })

  it('are not made when the spec names them', () => {
    expect(names({ data: csv('mine') })).toEqual(['iris-artifacts'])
    expect(names({ data: csv(), storage: { data: { claim: 'mine' } } })).toEqual(['iris-artifacts'])
    expect(names({ storage: { artifacts: { claim: 'mine' } } })).toEqual([])
  })

  it('outlive everything: they are kept, never owned', () => {
    expect(claims(trainingJob({ data: csv() })).map(({ mode }) => mode)).toEqual(['keep', 'keep'])
  })

  it('have the size, class and access mode that are asked for', () => {
    const storage = { artifacts: { size: '5Gi', className: 'fast', accessMode: 'ReadWriteMany' } }
    expect(claims(trainingJob({ storage }))[0]?.object).toMatchObject({
      spec: { accessModes: ['ReadWriteMany'], storageClassName: 'fast', resources: { requests: { storage: '5Gi' } } },
    })
    const plain = claims(trainingJob())[0]?.object['spec']
    expect(plain).toEqual({ accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } })
  })
})
