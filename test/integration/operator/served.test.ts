import { afterAll, beforeAll, describe, it } from 'vitest'
import { good } from '../api/goodobjects.ts'
import { OPERATOR, until, untilDone } from '../policies/guarded.ts'
import { type Operated, openOperated } from './operated.ts'

let operated: Operated
const kubectl = (...args: string[]) => operated.guarded.bench.kubectl([...args, '-n', 'team-a'])

beforeAll(async () => {
  operated = await openOperated(['team-a'])
}, 900_000)
afterAll(() => operated?.stop())

const service = (name: string) => {
  const { ingress: _, ...spec } = good.InferenceService.spec
  return { ...good.InferenceService, metadata: { name, namespace: 'team-a' }, spec: { ...spec, traffic: [{ version: 1 }] } }
}

const servedBy = () => kubectl('get', 'mv', 'iris-v1', '-o', 'jsonpath={.status.stage} {.status.servedBy}')

describe(`a version, as ${OPERATOR} tells it with its own rights`, () => {
  it('names who serves it, cannot be deleted as long, and can be when they are gone', async () => {
    const { bench } = operated.guarded
    for (const object of [{ ...good.ModelVersion, metadata: { name: 'iris-v1', namespace: 'team-a' } }, service('shop'), service('blog')])
      await untilDone(() => bench.kubectl(['create', '-f', '-'], object))
    await until('None ["blog","shop"]', servedBy)
    await until('iris-v1 is served by blog, shop: promote another version first', () =>
      kubectl('delete', 'mv', 'iris-v1', '--dry-run=server'),
    )
    await kubectl('delete', 'isvc', 'blog')
    await until('None ["shop"]', servedBy)
    await kubectl('delete', 'isvc', 'shop')
    await untilDone(() => kubectl('delete', 'mv', 'iris-v1'))
  })
})
