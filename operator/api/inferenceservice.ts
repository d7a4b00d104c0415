// InferenceService: one stable endpoint for a model, by stage or by version, with autoscaling and an Ingress.
import { conditions } from './conditions.ts'
import { duration, objectName, resources, shortName } from './fields.ts'
import { defineResource, nameRules, type Resource, type SpecOf } from './resource.ts'
import { bigCount, count, defaulted, exactlyOne, type Infer, listOf, object, optional, rule, text } from './schema.ts'

const target = object(
  'What answers.',
  {
    stage: optional(
      text('The version that holds this stage of the Model, now and later.', {
        minLength: 1,
        maxLength: 40,
        pattern: '^[A-Za-z][A-Za-z0-9_-]*$',
      }),
    ),
    version: optional(count('This very version.', { minimum: 1, maximum: 1_000_000 })),
  },
  exactlyOne('stage', 'version'),
)

const server = object(
  'What each server pod runs with.',
  {
    resources: optional(
      resources('Requests and limits of the container. Default: requests cpu 100m, memory 192Mi; limits cpu 1, memory 512Mi.'),
    ),
    requestTimeout: duration('Longest time of a prediction.', { default: '10s' }),
    maxBodyBytes: count('Largest body of a request.', { minimum: 1024, maximum: 67_108_864, default: 4_194_304 }),
  },
  rule(
    "self.requestTimeout.matches('^[0-9]{1,3}(s|m)$') && duration(self.requestTimeout) <= duration('10m')",
    'server.requestTimeout is at most 10m: a client should not wait longer for one prediction',
  ),
)

const autoscaling = object(
  'How many pods run.',
  {
    min: count('Fewest pods.', { minimum: 1, maximum: 100, default: 1 }),
    max: count('Most pods.', { minimum: 1, maximum: 100, default: 3 }),
    cpu: count('Average use of the requested cpu that is aimed at, in percent.', { minimum: 1, maximum: 1000, default: 70 }),
  },
  rule('self.min <= self.max', 'autoscaling.min must not be more than autoscaling.max'),
)

const ingress = object(
  'An Ingress in front of the service.',
  {
    host: optional(
      text('Host name of the Ingress. Without it the Ingress answers for every host.', {
        minLength: 1,
        maxLength: 253,
        pattern: '^(\\*\\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$',
      }),
    ),
    className: optional(objectName('IngressClass. Default: the default class of the cluster.')),
    tls: optional(
      object('Encrypts with a certificate.', { secretName: objectName('Secret of type kubernetes.io/tls; the operator never reads it.') }),
    ),
  },
  rule('!has(self.tls) || has(self.host)', 'tls needs a host: set ingress.host to the name in the certificate'),
)

const served = object('One version that is served or on its way.', {
  version: count('The version.', { minimum: 1 }),
  digest: text('Digest that its ready pods report.', { maxLength: 71 }),
  replicas: count('Pods that are asked for.', { minimum: 0 }),
  ready: count('Pods that are ready and report this digest.', { minimum: 0 }),
})
export type Served = Infer<typeof served>

export const InferenceService = defineResource({
  kind: 'InferenceService',
  plural: 'inferenceservices',
  shortNames: ['isvc'],
  description: 'InferenceService is one stable endpoint for a model, by stage or by version, with autoscaling and an Ingress.',
  rules: nameRules('InferenceService'),
  columns: [
    { name: 'Ready', path: '.status.conditions[?(@.type=="Ready")].status', description: 'Whether the entry version answers.' },
    { name: 'Reason', path: '.status.conditions[?(@.type=="Ready")].reason', description: 'Why.' },
    { name: 'URL', path: '.status.url', description: 'Address from outside, or inside when there is no Ingress.' },
    { name: 'Version', path: '.status.entry', type: 'integer', description: 'Version that answers.' },
    { name: 'Replicas', path: '.status.replicas', type: 'integer', description: 'Ready pods of it.' },
    { name: 'Rollout', path: '.status.conditions[?(@.type=="RolloutHealthy")].reason', description: 'How the change of version stands.' },
    { name: 'Message', path: '.status.conditions[?(@.type=="Ready")].message', description: 'Why, for people.' },
  ],
  spec: object('The endpoint that we want.', {
    model: shortName('The model.'),
    traffic: listOf('What answers.', target, { minItems: 1, maxItems: 1 }),
    server: defaulted(server),
    autoscaling: defaulted(autoscaling),
    ingress: optional(ingress),
  }),
  status: object('The endpoint that we see.', {
    observedGeneration: optional(bigCount('Generation of the spec that was looked at.', { minimum: 0 })),
    url: optional(text('Address from outside the cluster, or the inner one when there is no Ingress.', { maxLength: 512 })),
    address: optional(text('Address inside the cluster.', { maxLength: 512 })),
    entry: optional(count('Version that answers clients.', { minimum: 1 })),
    serverImage: optional(
      text('Image of the server that this spec became ready with; a newer operator does not change it.', { maxLength: 512 }),
    ),
    traffic: optional(listOf('What runs, as the pods report it.', served, { maxItems: 8, key: 'version' })),
    replicas: optional(count('Ready pods of the entry version.', { minimum: 0 })),
    conditions: optional(conditions),
  }),
})
export type InferenceService = Resource<typeof InferenceService>
export type InferenceServiceSpec = SpecOf<typeof InferenceService>
export type InferenceServiceStatus = NonNullable<InferenceService['status']>
