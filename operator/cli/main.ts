#!/usr/bin/env node
// Entry of `kubectl tidegate`: words in, one answer out, and an exit code.
import { parse } from './arguments.ts'
import { openCluster } from './cluster.ts'
import { completion } from './completion.ts'
import { complaintOf } from './failure.ts'
import { helpOf, overview } from './help.ts'
import { printed } from './print.ts'
import { verbs } from './verbs/all.ts'

// Whoever reads may stop reading: `kubectl tidegate history churn | head -3`.
process.stdout.on('error', () => process.exit())

const run = async (args: readonly string[]): Promise<void> => {
  const { command, names, flags, wantsHelp } = parse(args)
  if (command === undefined || wantsHelp) return say(command ? helpOf(command) : overview())
  if (command === 'completion') return say(completion(names[0] ?? ''))
  const cluster = openCluster(flags, process.env)
  try {
    const { object, text, exitCode = 0 } = await verbs[command]({ cluster, names, flags, tell: complain })
    process.exitCode = exitCode
    if (flags.output) say(printed(object, flags.output))
    else if (exitCode === 0) say(text)
    else complain(text)
  } finally {
    await cluster.connection.close()
  }
}

const say = (text: string): void => void process.stdout.write(`${text.trimEnd()}\n`)
const complain = (text: string): void => void process.stderr.write(`${text.trimEnd()}\n`)

await run(process.argv.slice(2)).catch((error: unknown) => {
  const { exitCode, text } = complaintOf(error)
  process.exitCode = exitCode
  complain(`error: ${text}${exitCode === 2 ? '\nkubectl tidegate help says more' : ''}`)
})
