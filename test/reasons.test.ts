import { describe, expect, it } from 'vitest'
import { Summary } from '../operator/api/bundle.ts'
import { conditionTypes, reasons } from '../operator/api/conditions.ts'
import { read } from './documents.ts'
import { isTest, paths, sources } from './sources.ts'

const known = Object.keys(reasons)
const product = sources('operator/{plan,controllers,pods,tracking,cloudevents}/**/*.ts').filter(source => !isTest(source.path))
const guides = paths('docs/guide/*.md').map(path => ({ path, text: read(path) }))

/** Failures that the trainer reports are lifted into conditions as they are. */
const lifted = (Summary as unknown as { properties: { reason: { enum: string[] } } }).properties.reason.enum

describe('the reasons of conditions', () => {
  it('are all given somewhere in the code', () => {
    const unused = known.filter(reason => !lifted.includes(reason) && !product.some(source => source.text.includes(`'${reason}'`)))
    expect(unused).toEqual([])
  })

  it('are in the table when the code gives them in a condition', () => {
    const given = product.flatMap(source =>
      [...source.text.matchAll(/type: '(\w+)',\s*status: [^,]+,\s*reason: '(\w+)'/g)].map(([, type, reason]) => ({ type, reason })),
    )
    expect(given.length).toBeGreaterThan(0)
    expect(given.filter(({ reason }) => !known.includes(reason ?? ''))).toEqual([])
  })

  it('hold every reason that the trainer may report', () => {
    expect(lifted.filter(reason => !known.includes(reason))).toEqual([])
  })

  it('are all on a guide page', () => {
    expect(known.filter(reason => !guides.some(({ text }) => text.includes(`\`${reason}\``)))).toEqual([])
  })

  it.each(guides)('on $path all exist', ({ text }) => {
    const [, debugging = ''] = text.split('\n## Debugging\n')
    const cells = [...debugging.matchAll(/^\| ((?:`[A-Z]\w+`(?:, )?)+) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/\w+/g)].map(([word]) => word),
    )
    expect(cells.filter(word => !known.includes(word))).toEqual([])
  })
})

describe('the types of conditions', () => {
  it.each(Object.entries(conditionTypes))('of %s are the ones on its page', (kind, types) => {
    const [, section = ''] = read(`docs/guide/${kind.toLowerCase()}.md`).split('\n## Conditions\n')
    const named = [...(section.split('\n## ')[0] ?? '').matchAll(/^\| `(\w+)` \|/gm)].map(([, type = '']) => type)
    expect(named.toSorted()).toEqual(Object.keys(types).toSorted())
  })
})
