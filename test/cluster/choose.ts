// Decides where the cluster comes from: a context that is named, else our own, else kind where our own cannot be.

import { namedContext } from './context.ts'
import { embedded } from './embedded.ts'
import { canUseKind, kind } from './kind.ts'
import type { Provider } from './provider.ts'

export const DEFAULT_NAME = 'dev'

export type Choice = { context?: string; name?: string }

export async function chooseProvider({ context, name = DEFAULT_NAME }: Choice = {}): Promise<Provider> {
  if (context !== undefined) return namedContext(context)
  const canBeEmbedded = process.platform === 'linux' && process.getuid?.() === 0
  return !canBeEmbedded && (await canUseKind()) ? kind(name) : embedded(name)
}
