// One ONNX file on the web.
import { checkedAddress } from '../address.ts'
import { bearerOf } from '../credential.ts'
import type { Source } from '../source.ts'
import { ask } from '../web.ts'

export const httpsSource = ({ url }: { url: string }, env: NodeJS.ProcessEnv): Source => {
  const headers = bearerOf(env)
  return { kind: 'file', open: () => ask({ url: checkedAddress(url, 'spec.import.from.https.url'), headers, mayRedirect: true }) }
}
