import { describe, expect, it } from 'vitest'
import { schemaFiles } from './schemas.ts'

const kind = (group: string) => ({ 'x-kubernetes-group-version-kind': [{ group, version: 'v1', kind: 'Thing' }] })
const document = {
  components: {
    schemas: {
      Thing: { type: 'object', properties: { part: { allOf: [{ $ref: '#/components/schemas/Part' }] } }, ...kind('things.example.com') },
      Part: { type: 'object', properties: { again: { $ref: '#/components/schemas/Part' } } },
      Stranger: { type: 'string' },
      Core: { type: 'object', properties: {}, ...kind('') },
    },
  },
}

describe('the schemas for kubeconform', () => {
  const files = new Map(schemaFiles(document))

  it('are named as kubeconform looks for them', () => {
    expect([...files.keys()]).toEqual(['thing-things-v1.json', 'thing-v1.json'])
  })

  it('hold what they refer to and nothing else, even when it refers to itself', () => {
    expect(Object.keys(files.get('thing-things-v1.json')?.['definitions'] as object)).toEqual(['Thing', 'Part'])
  })

  it('refuse fields that are not described', () => {
    const definitions = files.get('thing-things-v1.json')?.['definitions']
    expect(definitions).toHaveProperty('Part', {
      type: 'object',
      properties: { again: { $ref: '#/definitions/Part' } },
      additionalProperties: false,
    })
  })
})
