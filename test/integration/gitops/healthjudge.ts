// Asks the two readers of status that GitOps tools use: Argo CD's Lua with our health checks, and kstatus.
import { binaries } from '../../cluster/binaries.ts'
import { run } from '../../cluster/command.ts'
import { manifests, read } from '../../documents.ts'

export interface Verdict {
  status: string
  message: string
}

export interface Judgement {
  /** What the health check of the kind said; absent when it failed. */
  health?: Verdict
  error?: string
  kstatus: Verdict
}

/** The scripts as an administrator pastes them, by kind. */
export const pastedChecks = (): Map<string, string> => {
  const [patch] = manifests(read('examples/gitops/argocd/argocd-cm.yaml')) as unknown as { data: Record<string, string> }[]
  const prefix = 'resource.customizations.health.tidegate.io_'
  return new Map(Object.entries(patch?.data ?? {}).map(([key, script]) => [key.replace(prefix, ''), script]))
}

/** One judgement per object, in their order; `checks` are scripts by kind. */
export const judge = async (objects: readonly { kind: string }[], checks = pastedChecks()): Promise<Judgement[]> => {
  const { healthjudge } = await binaries(['healthjudge'])
  const questions = objects.map(object => ({ check: checks.get(object.kind) ?? '', object }))
  return JSON.parse(await run([healthjudge], { input: JSON.stringify(questions), purpose: 'judging health' })) as Judgement[]
}
