// Follows the example from the first Job to the first answer, and prints each change once.
import { setTimeout as sleep } from 'node:timers/promises'
import type { InferenceService } from '../../operator/api/inferenceservice.ts'
import type { ModelVersion } from '../../operator/api/modelversion.ts'
import type { TrainingJob } from '../../operator/api/trainingjob.ts'
import type { Kubectl } from '../install/kubectl.ts'

const LONGEST_MS = 180_000

export const follow = async (kubectl: Kubectl, say: (line: string) => void): Promise<void> => {
  const last = new Map<string, string>()
  const change = (topic: string, line: string) => {
    if (last.get(topic) === line) return
    last.set(topic, line)
    say(`${topic.padEnd(18)} ${line}`)
  }
  for (const end = Date.now() + LONGEST_MS; ; await sleep(400)) {
    const { items } = await kubectl.json<{ items: (TrainingJob | ModelVersion | InferenceService)[] }>('get', 'tj,mv,isvc')
    for (const item of items) change(`${item.kind}`, describe(item))
    const stopped = items.find(item => item.status?.conditions?.some(each => each.type === 'Stalled' && each.status === 'True'))
    if (stopped) throw new Error(`${stopped.kind} ${stopped.metadata.name}: ${ready(stopped)?.message}`)
    if (items.some(item => item.kind === 'InferenceService' && ready(item)?.status === 'True')) return
    if (Date.now() > end) throw new Error(`no answer after ${LONGEST_MS / 1000} s; see: kubectl get tidegate -A`)
  }
}

const ready = (item: TrainingJob | ModelVersion | InferenceService) => item.status?.conditions?.find(each => each.type === 'Ready')

const describe = (item: TrainingJob | ModelVersion | InferenceService): string => {
  const said = ready(item)
  const words = said ? `${said.reason}: ${said.message}` : 'not looked at yet'
  if (item.kind === 'ModelVersion') return `${item.metadata.name} in ${item.status?.stage ?? '…'}: ${said?.message ?? ''}`
  const progress = item.kind === 'TrainingJob' ? item.status?.progress : undefined
  return progress ? `${progress.percent}% ${progress.stage}; ${words}` : words
}
