// What the server says about its model and itself: model-info, metrics, the OpenAPI document and its page.
import type { FastifyInstance } from 'fastify'
import { openapi } from '../docs/openapi.ts'
import { page } from '../docs/page.ts'
import { modelInfo } from '../metadata.ts'
import { only } from './only.ts'
import type { PredictingParts } from './predict.ts'

export const describeRoutes = (app: FastifyInstance, { dataplane, metrics }: PredictingParts) => {
  only(app, { method: 'GET', url: '/model-info', handler: () => modelInfo(dataplane.served()) })
  only(app, { method: 'GET', url: '/openapi.json', handler: () => openapi(dataplane.served()) })
  only(app, {
    method: 'GET',
    url: '/docs',
    handler: (_request, reply) => {
      const { html, policy } = page(dataplane.served())
      return reply.type('text/html; charset=utf-8').header('content-security-policy', policy).send(html)
    },
  })
  only(app, {
    method: 'GET',
    url: '/metrics',
    handler: async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()),
  })
}
