// Makes sure that the peer did the same work: its children say what the operator's writes say.
import { annotation } from '../../../operator/api/contract.ts'
import { inferenceServices } from '../../../operator/controllers/resources.ts'
import { includes } from '../../../operator/runtime/canonical.ts'
import { keyOf } from '../../../operator/runtime/keys.ts'
import type { KubeObject } from '../../../operator/runtime/shape.ts'
import type { Ground } from '../ground.ts'
import { exchanged } from '../limit/exchange.ts'
import { identityOf, type Recording } from '../limit/recording.ts'
import { CHILDREN, servicesNamed } from '../objects.ts'

export const sameChildren = async (ground: Ground, recording: Recording): Promise<void> => {
  const [of] = servicesNamed('main', 1)
  const service = of && (await ground.client.get(inferenceServices, { namespace: of.metadata.namespace, name: of.metadata.name }))
  if (!service) throw new Error('the service to compare is gone')
  const wanted = exchanged(recording, identityOf(service))
    .filter(({ method }) => method === 'POST')
    .map(({ body }) => withoutMark(JSON.parse(body) as KubeObject))
  for (const child of wanted) {
    const kind = CHILDREN.find(one => one.kind.kind === child.kind)?.kind
    const live = kind && (await ground.client.get(kind, { namespace: child.metadata.namespace, name: child.metadata.name }))
    if (!includes(live, child))
      throw new Error(`${child.kind} ${keyOf(child)} of the peer is not what the operator makes: ${JSON.stringify(live)}`)
  }
}

/** The operator notes on each child what it applied; the peer has no such habit. */
const withoutMark = (child: KubeObject): KubeObject => {
  const { [annotation.applied]: _, ...annotations } = child.metadata.annotations ?? {}
  return { ...child, metadata: { ...child.metadata, annotations } }
}
