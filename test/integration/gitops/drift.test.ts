import { describe, expect, it } from 'vitest'
import { drift, type Live, marked } from './drift.ts'
import { type Sent, sentFrom } from './folder.ts'

const [sent] = sentFrom('examples/gitops', 'ns') as [Sent]
const owner = (manager: string, fieldsV1: Record<string, unknown>, subresource?: string) => ({
  manager,
  operation: 'Update',
  fieldsV1,
  ...(subresource && { subresource }),
})
const specs = new Map([['Model/orchids', JSON.stringify(sent.spec)]])
const live = (change: Partial<Live['metadata']> = {}, spec: object = sent.spec): Live => ({
  kind: 'Model',
  metadata: { ...sent.metadata, generation: 1, managedFields: [owner('tidegate', { 'f:status': {} }, 'status')], ...change },
  spec,
})

describe('the judge of drift', () => {
  it('has nothing to say of an object as it was sent', () => {
    expect(drift([live()], [sent], specs)).toEqual([])
  })

  it.each<[string, Live, string]>([
    ['a spec that was changed', live({}, { stages: [] }), 'Model/orchids: spec is {"stages":[]}'],
    ['an item that was added to a list', live({}, { stages: [...(sent.spec['stages'] as []), {}] }), 'Argo CD shows a difference'],
    ['a generation that moved', live({ generation: 2 }), 'generation is 2'],
    ['a label of somebody else', live({ labels: { ...sent.metadata.labels, seen: 'yes' } }), 'seen=yes was not sent'],
    [
      'a label that was changed',
      live({ labels: { 'app.kubernetes.io/instance': 'other' } }),
      'app.kubernetes.io/instance=other was not sent',
    ],
    ['an operator that owns a field of the spec', live({ managedFields: [owner('tidegate', { 'f:spec': {} })] }), 'tidegate owns f:spec'],
    ['an operator that owns a finalizer', live({ managedFields: [owner('tidegate', { 'f:metadata': {} })] }), 'tidegate owns f:metadata'],
    [
      'an annotation that Argo CD would take away',
      live({
        managedFields: [{ ...owner('argocd-controller', { 'f:metadata': { 'f:annotations': { 'f:by': {} } } }), operation: 'Apply' }],
      }),
      'argocd-controller owns the annotation by',
    ],
  ])('sees %s', (_, object, complaint) => {
    expect(drift([object], [sent], specs).join('\n')).toContain(complaint)
  })

  it('sees the mark of Argo CD on what was not sent', () => {
    expect(marked([live({ name: 'child' })])).toEqual(['Model/child'])
    expect(marked([live({ labels: {}, annotations: {} })])).toEqual([])
  })
})
