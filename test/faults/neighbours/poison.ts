// One object of each kind that the operator follows, as odd as the API server lets it be, with labels that make it ours.
import { API_VERSION } from '../../../operator/api/resource.ts'
import {
  autoscalers,
  claims,
  configMaps,
  deployments,
  disruptionBudgets,
  events,
  inferenceServices,
  ingresses,
  jobs,
  models,
  modelVersions,
  networkPolicies,
  pods,
  services,
  trainingJobs,
} from '../../../operator/controllers/resources.ts'
import type { KubeObject, ResourceRef } from '../../../operator/runtime/shape.ts'
import { example } from '../../e2e/example.ts'
import { nowhere, openModel, service, version } from '../../e2e/handmade.ts'
import { BAD } from './street.ts'

/** A name that every object of the language has, and one that is as long as a name may be. */
export const ODD = 'constructor'
const LONG = `${Array.from({ length: 4 }, () => 'n'.repeat(62)).join('.')}nn`

/** Of a service and a TrainingJob that exist, so that all of this is looked at. */
export const VICTIM = 'victim'

const SENTENCE = 'All work and no play makes Jack a dull boy. '.repeat(1000)

const metadata = (name: string, owned = false) => ({
  name,
  labels: {
    'app.kubernetes.io/managed-by': 'tidegate',
    'tidegate.io/trainingjob': VICTIM,
    'tidegate.io/inferenceservice': VICTIM,
    'tidegate.io/model': 'iris',
    'tidegate.io/version': 'NaN',
    'tidegate.io/run': '0x1',
    toString: 'constructor',
    empty: '',
  },
  annotations: {
    noslash: '',
    'tidegate.io/applied': '{"not": "a digest"',
    'tidegate.io/run-requested': '\u{1F40B}\n',
    'kubectl.kubernetes.io/last-applied-configuration': '{}{}{}[[[',
    huge: SENTENCE.repeat(5).slice(0, 200_000),
  },
  ...(owned && {
    // A version that nobody knows keeps the garbage collector from deciding; the kind is ours.
    ownerReferences: [
      { apiVersion: 'tidegate.io/v0', kind: 'InferenceService', name: VICTIM, uid: 'nobody', controller: true },
      { apiVersion: 'v0', kind: 'Nothing', name: 'x', uid: 'x' },
    ],
  }),
})

export interface Poison {
  kind: ResourceRef
  object: Partial<KubeObject> & { metadata: object }
  /** Written by hand through the subresource. */
  status?: object
}

const LABELS = { 'tidegate.io/inferenceservice': VICTIM }
const MOMENT = '1970-01-01T00:00:00Z'
const container = { name: 'server', image: 'x', args: Array.from({ length: 500 }, (_, index) => `argument ${index}`) }
const podSpec = { nodeName: 'elsewhere', containers: [container], restartPolicy: 'Never' }
const template = { metadata: { labels: LABELS }, spec: { ...podSpec, restartPolicy: 'Always' } }
const conditions = Array.from({ length: 12 }, (_, index) => ({
  type: index === 0 ? 'Ready' : `${index}`,
  status: 'True',
  observedGeneration: Number.MAX_SAFE_INTEGER,
  lastTransitionTime: MOMENT,
  reason: '',
  message: SENTENCE.slice(0, 2048),
}))
const manyPorts = Array.from({ length: 100 }, (_, index) => ({ name: `port-${index}`, port: index + 1 }))

/** The containers of a pod that has told nothing, or too much. */
const containerStatuses = [
  { name: 'server', image: '', imageID: '', ready: true, restartCount: 2_000_000_000, lastState: {}, state: {} },
  {
    name: 'trainer',
    image: '',
    imageID: '',
    ready: false,
    restartCount: 0,
    state: { terminated: { exitCode: 0, reason: '', message: `{"contract":${SENTENCE}` } },
  },
]

export const poison: readonly Poison[] = [
  {
    kind: trainingJobs,
    object: { ...example().trainingJob, metadata: metadata(ODD) },
    status: {
      runs: [{ number: 2_147_483_647, specDigest: '', startedAt: MOMENT, outcome: 'Running' }],
      conditions,
      metrics: [{ name: '__proto__', value: 0 }],
    },
  },
  {
    kind: models,
    object: { ...openModel(ODD), metadata: metadata(ODD) },
    status: { holders: { Production: 2_147_483_647, constructor: 1, __proto__x: 3 }, lastVersion: 2_147_483_647, conditions },
  },
  {
    kind: modelVersions,
    object: { ...version(ODD, 1_000_000, nowhere(ODD)), metadata: metadata(`${ODD}-v1000000`, true) },
    status: { stage: '', gates: Array.from({ length: 128 }, () => ({ stage: '', name: '', verdict: 'Error', message: '' })), conditions },
  },
  {
    kind: inferenceServices,
    object: { ...service(ODD, ODD, { traffic: [{ stage: 'toString' }] }), metadata: metadata(ODD) },
    status: { entry: 2_147_483_647, replicas: 2_147_483_647, traffic: [{ version: 1, digest: '', replicas: 0, ready: 7 }], conditions },
  },
  {
    kind: jobs,
    object: { metadata: metadata(`${ODD}-run-7`, true), spec: { suspend: true, template: { spec: podSpec } } },
    status: { failed: 2_000_000_000 },
  },
  {
    kind: pods,
    object: { metadata: metadata(LONG, true), spec: podSpec },
    status: { phase: 'Running', podIP: '127.0.0.1', podIPs: [{ ip: '127.0.0.1' }], message: SENTENCE, containerStatuses },
  },
  { kind: pods, object: { metadata: metadata(ODD), spec: podSpec } },
  { kind: configMaps, object: { metadata: metadata(LONG, true), data: { huge: SENTENCE.repeat(17) } } },
  {
    kind: claims,
    object: { metadata: metadata(ODD, true), spec: { accessModes: ['ReadWriteOncePod'], resources: { requests: { storage: '1' } } } },
  },
  {
    kind: deployments,
    object: { metadata: metadata(LONG, true), spec: { replicas: 0, selector: { matchLabels: LABELS }, template } },
    status: { conditions: [{ type: 'ReplicaFailure', status: 'True', reason: '', message: SENTENCE }], observedGeneration: 9_000_000_000 },
  },
  {
    kind: services,
    object: { metadata: metadata(ODD, true), spec: { ports: manyPorts, selector: { 'tidegate.io/version': 'NaN' } } },
  },
  {
    kind: autoscalers,
    object: {
      metadata: metadata(LONG, true),
      spec: { maxReplicas: 2_147_483_647, scaleTargetRef: { kind: 'Nothing', name: ODD, apiVersion: 'nothing.example/v9' } },
    },
    status: { desiredReplicas: 2_147_483_647, currentReplicas: 2_147_483_647, conditions: [] },
  },
  { kind: disruptionBudgets, object: { metadata: metadata(LONG, true), spec: {} } },
  { kind: networkPolicies, object: { metadata: metadata(LONG, true), spec: { podSelector: {} } } },
  {
    kind: ingresses,
    object: {
      metadata: metadata(LONG, true),
      spec: { defaultBackend: { resource: { kind: 'Nothing', name: ODD } } },
    },
    status: { loadBalancer: { ingress: [{}, { hostname: 'a' }] } },
  },
  {
    kind: events,
    object: {
      metadata: metadata(LONG),
      involvedObject: { kind: 'Job', name: `${VICTIM}-run-1`, namespace: BAD, uid: 'nobody' },
      reason: 'FailedCreate',
      message: SENTENCE.slice(0, 1024),
    } as Poison['object'],
  },
]

/** What they are looked at for. */
export const victims: readonly { kind: ResourceRef; object: object }[] = [
  { kind: trainingJobs, object: { ...example().trainingJob, apiVersion: API_VERSION, metadata: { name: VICTIM } } },
  { kind: inferenceServices, object: service(VICTIM, 'iris') },
]

/** A status by hand that leaves no number for another run: that one object fails, later and later, and says so in the log. */
export const EXPLAINED: readonly RegExp[] = [new RegExp(`${ODD}.*runs\\[0\\]\\.number`)]
