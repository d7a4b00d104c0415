// A kind of the tests' own, and objects of every built-in kind that an operator like ours makes.
import type { KubeObject, ResourceRef } from '../../../operator/runtime/shape.ts'

const resource = (apiVersion: string, kind: string, plural: string): ResourceRef => ({ apiVersion, kind, plural, namespaced: true })

export const widgets = resource('test.example.dev/v1', 'Widget', 'widgets')
export const gadgets = resource('test.example.dev/v1', 'Gadget', 'gadgets')
export const configMaps = resource('v1', 'ConfigMap', 'configmaps')
export const claims = resource('v1', 'PersistentVolumeClaim', 'persistentvolumeclaims')
export const services = resource('v1', 'Service', 'services')
export const deployments = resource('apps/v1', 'Deployment', 'deployments')
export const jobs = resource('batch/v1', 'Job', 'jobs')
export const autoscalers = resource('autoscaling/v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers')
export const ingresses = resource('networking.k8s.io/v1', 'Ingress', 'ingresses')
export const networkPolicies = resource('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies')
export const budgets = resource('policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets')
export const quotas = resource('v1', 'ResourceQuota', 'resourcequotas')
export const events = resource('events.k8s.io/v1', 'Event', 'events')
const definitions: ResourceRef = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
}

export const childKinds = [gadgets, configMaps, claims, services, deployments, jobs, autoscalers, ingresses, networkPolicies, budgets]

const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }

const definition = ({ kind, plural }: ResourceRef): KubeObject => ({
  apiVersion: definitions.apiVersion,
  kind: definitions.kind,
  metadata: { name: `${plural}.test.example.dev` },
  spec: {
    group: 'test.example.dev',
    scope: 'Namespaced',
    names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: anything,
              status: anything,
            },
          },
        },
      },
    ],
  },
})

export const customKinds = { resource: definitions, objects: [definition(widgets), definition(gadgets)] }

export const make = (kind: ResourceRef, name: string, rest: object = {}): KubeObject => ({
  apiVersion: kind.apiVersion,
  kind: kind.kind,
  metadata: { name },
  ...rest,
})

const container = (image: string) => ({
  name: 'server',
  image,
  imagePullPolicy: 'IfNotPresent',
  args: ['--port', '8000'],
  env: [
    { name: 'MODEL', value: 'iris' },
    { name: 'EMPTY', value: '' },
    { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
  ],
  ports: [
    { name: 'http', containerPort: 8000 },
    { name: 'metrics', containerPort: 9100, protocol: 'TCP' },
  ],
  resources: { requests: { cpu: '1000m', memory: '1024Mi' }, limits: { memory: '1Gi' } },
  securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
  readinessProbe: { httpGet: { path: '/readyz', port: 'http' }, periodSeconds: 2 },
  lifecycle: { preStop: { sleep: { seconds: 5 } } },
  volumeMounts: [
    { name: 'bundle', mountPath: '/bundle', readOnly: true },
    { name: 'tmp', mountPath: '/tmp', readOnly: false },
  ],
})

const spread = {
  maxSkew: 1,
  topologyKey: 'kubernetes.io/hostname',
  whenUnsatisfiable: 'ScheduleAnyway',
  labelSelector: { matchLabels: { app: 'a' } },
}

const pod = (image: string) => ({
  automountServiceAccountToken: false,
  serviceAccountName: 'default',
  terminationGracePeriodSeconds: 30,
  securityContext: { runAsNonRoot: true, runAsUser: 10001, fsGroup: 10001, seccompProfile: { type: 'RuntimeDefault' } },
  topologySpreadConstraints: [spread],
  containers: [container(image)],
  volumes: [
    { name: 'bundle', persistentVolumeClaim: { claimName: 'a', readOnly: true } },
    { name: 'tmp', emptyDir: {} },
    { name: 'weights', configMap: { name: 'a', optional: true } },
  ],
})

const labels = { 'app.kubernetes.io/managed-by': 'tidegate', app: 'a' }

export const deployment = (image = 'registry.example/server:1'): KubeObject =>
  make(deployments, 'a', {
    metadata: { name: 'a', labels, annotations: { note: 'x' } },
    spec: {
      minReadySeconds: 0,
      paused: false,
      selector: { matchLabels: { app: 'a' } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: { metadata: { labels }, spec: pod(image) },
    },
  })

const job = (image: string): KubeObject =>
  make(jobs, 'a', {
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: 600,
      suspend: false,
      podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { containerName: 'server', operator: 'In', values: [42] } }] },
      template: { metadata: { labels }, spec: { ...pod(image), restartPolicy: 'Never' } },
    },
  })

export const service = (): KubeObject =>
  make(services, 'a', {
    spec: {
      selector: { app: 'a' },
      ports: [
        { name: 'http', port: 80, targetPort: 'http' },
        { name: 'route', port: 8001 },
      ],
      publishNotReadyAddresses: false,
    },
  })

const autoscaler = (): KubeObject =>
  make(autoscalers, 'a', {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a' },
      minReplicas: 1,
      maxReplicas: 3,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } }],
      behavior: { scaleDown: { stabilizationWindowSeconds: 300 } },
    },
  })

const ingress = (): KubeObject => {
  const backend = { service: { name: 'a', port: { number: 80 } } }
  return make(ingresses, 'a', { spec: { rules: [{ host: 'a.example', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }] } })
}

const networkPolicy = (): KubeObject =>
  make(networkPolicies, 'a', {
    spec: {
      podSelector: { matchLabels: { app: 'a' } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ ports: [{ port: 8000 }] }],
      egress: [],
    },
  })

/** One of every kind, with the corners that come back changed: quantities, defaults, zeroes, empty objects, keyed lists. */
export const everyKind = (image = 'registry.example/server:1'): KubeObject[] => [
  make(configMaps, 'a', { data: { 'config.json': '{}', weight: '10' } }),
  deployment(image),
  service(),
  job(image),
  autoscaler(),
  ingress(),
  networkPolicy(),
  make(budgets, 'a', { spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'a' } } } }),
]

export const claim = (name: string): KubeObject =>
  make(claims, name, { metadata: { name, labels }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } })
