// npm run demo: from a bare machine to three species predicted through an Ingress, told as it happens.
import { parseArgs } from 'node:util'
import { kubectlFor } from '../install/kubectl.ts'
import { makeNamespace } from '../install/namespace.ts'
import { prepare } from '../install/prepare.ts'
import { follow } from './follow.ts'
import { Narrator } from './narrator.ts'
import { farewell, tellStory } from './story.ts'

const { values } = parseArgs({
  options: { context: { type: 'string' }, registry: { type: 'string' }, name: { type: 'string', default: 'dev' } },
})
const narrator = new Narrator()
const NAMESPACE = 'tidegate-demo'

try {
  const { cluster } = await prepare({
    name: values.name,
    ...(values.context && { context: values.context }),
    ...(values.registry && { registry: values.registry }),
    narrator,
  })
  const kubectl = kubectlFor(cluster, NAMESPACE)
  await narrator.stage('apply examples/iris', async () => {
    await makeNamespace(kubectl, NAMESPACE)
    narrator.say((await kubectl('apply', '-f', 'examples/iris')).trim())
  })
  await narrator.stage('train, judge, promote, serve', () => follow(kubectl, line => narrator.say(line)))
  await tellStory({ cluster, kubectl, narrator })
  narrator.summary()
  farewell({ cluster, namespace: NAMESPACE, context: values.context })
} catch (error) {
  console.error(`\nThe demo stopped: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
