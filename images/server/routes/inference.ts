// Open Inference Protocol v2 over REST: the corners that the specification leaves open are chosen in the README.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { inferOutputs, inferRequest } from '../codec/infer.ts'
import { parsedJson } from '../codec/json.ts'
import type { Dataplane } from '../dataplane.ts'
import { modelMetadata } from '../metadata.ts'
import { SERVER_VERSION } from '../release.ts'
import { measured } from './measured.ts'
import { only } from './only.ts'
import { bytesOf, type PredictingParts } from './predict.ts'

interface Target {
  model: string
  version?: string
}
const target = ({ params }: FastifyRequest) => params as Target

const PATHS = ['/v2/models/:model', '/v2/models/:model/versions/:version']

const serverRoutes = (app: FastifyInstance, dataplane: Dataplane) => {
  only(app, { method: 'GET', url: '/v2', handler: () => ({ name: 'tidegate', version: SERVER_VERSION, extensions: [] }) })
  only(app, { method: 'GET', url: '/v2/health/live', handler: () => ({ live: true }) })
  only(app, {
    method: 'GET',
    url: '/v2/health/ready',
    handler: (_request, reply) => {
      const { message } = dataplane.health()
      return dataplane.ready() ? { ready: true } : reply.code(503).send({ ready: false, error: message })
    },
  })
  only(app, {
    method: 'GET',
    url: '/v2/models',
    handler: () => ({ models: [dataplane.health().model_name].filter(name => name !== undefined) }),
  })
}

const modelRoutes = (app: FastifyInstance, dataplane: Dataplane, path: string) => {
  const found = (request: FastifyRequest) => dataplane.model(target(request).model, target(request).version)
  only(app, { method: 'GET', url: path, handler: request => modelMetadata(found(request)) })
  only(app, {
    method: 'GET',
    url: `${path}/ready`,
    handler: (request, reply) => {
      const { name } = found(request)
      const { message } = dataplane.health()
      return dataplane.ready() ? { name, ready: true } : reply.code(503).send({ name, ready: false, error: message })
    },
  })
}

const inferRoute = (app: FastifyInstance, { dataplane, metrics }: PredictingParts, path: string) =>
  only(app, {
    method: 'POST',
    url: `${path}/infer`,
    handler: async request => {
      const body = parsedJson(bytesOf(request))
      const { signature, name, version } = dataplane.model(target(request).model, target(request).version)
      const { id, batch, outputs } = inferRequest(signature, body)
      const rows = batch.rows
      const answer = await dataplane.infer(batch)
      metrics.predicted(rows)
      return {
        model_name: name,
        model_version: version,
        ...(id !== undefined && { id }),
        outputs: inferOutputs(signature, outputs, answer),
      }
    },
  })

export const inferenceRoutes = (app: FastifyInstance, parts: PredictingParts) => {
  serverRoutes(app, parts.dataplane)
  for (const path of PATHS) modelRoutes(app, parts.dataplane, path)
  app.register(async scope => {
    measured(scope, parts.metrics)
    for (const path of PATHS) inferRoute(scope, parts, path)
  })
}
