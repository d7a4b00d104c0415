// The command line of the test cluster: npm run cluster -- up|down|status|load IMAGE…|kubeconfig.
import { parseArgs } from 'node:util'
import { embedded } from './embedded.ts'

const { values, positionals } = parseArgs({ options: { name: { type: 'string', default: 'dev' } }, allowPositionals: true })
const [command, ...rest] = positionals
const provider = embedded(values.name)
const say = (line: string) => console.log(line)
if (command === 'up') console.log(await provider.up(say))
if (command === 'down') await provider.down(say)
if (command === 'status') console.log(await provider.status())
if (command === 'load') await provider.load(rest, say)
