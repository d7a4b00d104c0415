// The seconds count here: it runs when nothing else does.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { processFaults } from '../oracles/processfaults.ts'
import { untilActedOn } from './acted.ts'
import { cases } from './cases.ts'
import { openOperator, openPlane, type Plane } from './footing.ts'
import { EXPLAINED, interruptions, LOUDEST, loudness } from './operatorlog.ts'
import { failures, furnishCases, namespaceOf, prepareCases, type Tried, told } from './singlefaults.ts'

let ground: Plane

beforeAll(async () => {
  ground = await openPlane()
}, 900_000)
afterAll(() => ground?.stop())

it('an operator whose watches break acts on a change right after each sort of fault, and lists no more often than it must', async () => {
  const { client, plane } = ground
  await furnishCases(client)
  let tryCases = (): Promise<Tried[]> => Promise.resolve([])
  const { operator, stop } = await openOperator(plane, {
    namespaces: cases.map(namespaceOf),
    prepare: made => {
      tryCases = prepareCases(client, made)
    },
  })
  try {
    await Promise.all(cases.map(one => untilActedOn(client, { namespace: namespaceOf(one), cpu: 70 })))
    const tried = await tryCases()
    console.info(told(tried))
    expect(failures(tried)).toEqual([])
    expect(interruptions(operator.lines).length).toBeGreaterThan(cases.length / 2)
    expect(loudness(operator.lines).mostPerSecond).toBeLessThan(LOUDEST)
    expect(processFaults(operator, { allowed: EXPLAINED })).toEqual([])
  } finally {
    await stop()
  }
})
