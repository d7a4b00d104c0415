// Is the process alive, is it ready, and if not, why: liveness never depends on the model, or a bad bundle would restart pods for ever.
import type { FastifyInstance } from 'fastify'
import type { Dataplane } from '../dataplane.ts'
import { only } from './only.ts'

export const healthRoutes = (app: FastifyInstance, dataplane: Dataplane) => {
  only(app, { method: 'GET', url: '/livez', handler: () => ({ status: 'alive' }) })
  for (const url of ['/readyz', '/health', '/healthz']) {
    only(app, { method: 'GET', url, handler: (_request, reply) => reply.code(dataplane.ready() ? 200 : 503).send(dataplane.health()) })
  }
}
