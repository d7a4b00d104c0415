// The story at the end: the kinds as kubectl shows them, each gate's verdict, and real answers through the Ingress.
import type { ModelVersion } from '../../operator/api/modelversion.ts'
import type { ClusterInfo } from '../cluster/provider.ts'
import { execute, type Kubectl } from '../install/kubectl.ts'
import type { Narrator } from './narrator.ts'

interface Scene {
  cluster: ClusterInfo
  kubectl: Kubectl
  narrator: Narrator
}

const HOST = 'iris.localhost'

const FLOWERS = [
  { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 },
  { sepal_length: 5.9, sepal_width: 2.8, petal_length: 4.3, petal_width: 1.3 },
  { sepal_length: 6.5, sepal_width: 3.0, petal_length: 5.8, petal_width: 2.2 },
]

export const tellStory = async ({ cluster, kubectl, narrator }: Scene): Promise<void> => {
  await narrator.stage('what kubectl shows', async () => {
    for (const kind of ['trainingjobs', 'models', 'modelversions', 'inferenceservices']) {
      console.log(`\n$ kubectl get ${kind}\n${(await kubectl('get', kind)).trimEnd()}`)
    }
    console.log(`\n${await verdicts(kubectl)}`)
  })
  const url = await ingressUrl(cluster, kubectl)
  await narrator.stage('predictions through the Ingress', async () => {
    const species = new Set<string>()
    for (const flower of FLOWERS) species.add(await predict(url, flower))
    if (species.size !== FLOWERS.length) throw new Error(`three species were expected, the answers were: ${[...species].join(', ')}`)
  })
}

const verdicts = async (kubectl: Kubectl): Promise<string> => {
  const { items } = await kubectl.json<{ items: ModelVersion[] }>('get', 'modelversions')
  const lines = items.flatMap(version =>
    (version.status?.gates ?? []).map(
      gate => `  ${version.metadata.name}  ${gate.stage.padEnd(12)} ${gate.verdict.padEnd(6)} ${gate.message}`,
    ),
  )
  return ['What each gate said', ...lines].join('\n')
}

const ingressUrl = async (cluster: ClusterInfo, kubectl: Kubectl): Promise<string> => {
  if (cluster.ingressUrl) return cluster.ingressUrl
  const address = await kubectl(
    'get',
    'ingress',
    'iris',
    '-o',
    'jsonpath={.status.loadBalancer.ingress[0].ip}{.status.loadBalancer.ingress[0].hostname}',
  )
  if (!address) throw new Error('the Ingress has no address: install an Ingress controller on this cluster, then run the demo again')
  return `http://${address}`
}

const predict = async (url: string, flower: object): Promise<string> => {
  const body = JSON.stringify(flower)
  const command = [
    'curl',
    '-sS',
    '--max-time',
    '10',
    '-H',
    `Host: ${HOST}`,
    '-H',
    'Content-Type: application/json',
    '-d',
    body,
    `${url}/predict`,
  ]
  console.log(`\n$ curl -H 'Host: ${HOST}' -H 'Content-Type: application/json' -d '${body}' ${url}/predict`)
  const answer = await execute(command)
  if (answer.code !== 0) throw new Error(`curl: ${answer.said.trim()}`)
  console.log(answer.printed.trimEnd())
  const { prediction } = JSON.parse(answer.printed) as { prediction?: string }
  if (!prediction) throw new Error(`the answer holds no prediction: ${answer.printed.slice(0, 300)}`)
  return prediction
}

export const farewell = ({
  cluster,
  namespace,
  context,
}: {
  cluster: ClusterInfo
  namespace: string
  context: string | undefined
}): void => {
  console.log(`
Everything is left running. Look around:
  export KUBECONFIG=${cluster.kubeconfig}
  ${cluster.kubectl} -n ${namespace} get tidegate
  ${cluster.kubectl} -n ${namespace} describe modelversion iris-v1
  curl -H 'Host: ${HOST}' ${cluster.ingressUrl ?? '<ingress>'}/docs
Take it down:
  ${context ? `${cluster.kubectl} delete namespace ${namespace} && ${cluster.helm} uninstall tidegate -n tidegate-system` : `npm run cluster -- down --name ${cluster.name}`}`)
}
