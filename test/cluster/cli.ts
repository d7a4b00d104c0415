// The command line of the test cluster: npm run cluster -- up|down|status|build|load IMAGE…|kubeconfig.
import { parseArgs } from 'node:util'
import { chooseProvider, DEFAULT_NAME } from './choose.ts'
import { buildProjectImages } from './images/project.ts'
import type { ClusterInfo, ClusterStatus, Provider } from './provider.ts'

const USAGE = `usage: npm run cluster -- COMMAND [--name NAME] [--context NAME]

  up             make the cluster run; quick when it does
  down           remove it and everything it left on this machine
  status         what runs, and where it answers
  build          build the images of this repository
  load IMAGE…    give the cluster images that were built here; without names those of this repository
  kubeconfig     print the path of the kubeconfig

  --name NAME      which of several clusters (${DEFAULT_NAME})
  --context NAME   use the cluster of this kube context instead of one of our own`

type Command = (provider: Provider, operands: string[]) => Promise<void>

const COMMANDS: Record<string, Command> = {
  up: async provider => {
    const started = Date.now()
    const info = await provider.up(say)
    say(`cluster ${info.name} is up after ${((Date.now() - started) / 1000).toFixed(1)} s`)
    describe(info)
  },
  down: provider => provider.down(say),
  status: async provider => printStatus(await provider.status()),
  build: async () => {
    for (const tag of Object.values(await buildProjectImages(say))) say(tag)
  },
  load: async (provider, images) => {
    const tags = images.length > 0 ? images : Object.values(await buildProjectImages(say))
    await provider.load(tags, say)
  },
  kubeconfig: async provider => {
    const { info } = await provider.status()
    if (info === undefined) throw new Error('the cluster is not up; start it with: npm run cluster -- up')
    process.stdout.write(`${info.kubeconfig}\n`)
  },
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

function describe(info: ClusterInfo): void {
  const lines = [
    ['provider', info.provider],
    ['kubeconfig', info.kubeconfig],
    ['kubectl', info.kubectl],
    ['ingress', info.ingressUrl],
    ['audit log', info.auditLog],
  ]
  for (const [what = '', value] of lines) if (value) say(`  ${what.padEnd(11)}${value}`)
}

function printStatus({ info, parts }: ClusterStatus): void {
  for (const part of parts) say(`  ${part.running ? 'running' : 'STOPPED'}  ${part.name.padEnd(24)} ${part.log}`)
  if (info === undefined) say('the cluster is not up')
  else describe(info)
}

async function main(): Promise<void> {
  const options = { name: { type: 'string' }, context: { type: 'string' } } as const
  const { values, positionals } = parseArgs({ options, allowPositionals: true })
  const [name = '', ...operands] = positionals
  const command = COMMANDS[name]
  if (command === undefined) throw new Error(USAGE)
  await command(await chooseProvider(values), operands)
}

try {
  await main()
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
