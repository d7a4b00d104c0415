// The one measured path: every prediction request, however it ends, is timed once and counted once.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Metrics } from '../metrics.ts'

/** What proxies log when a client leaves before its answer. */
const CLIENT_CLOSED = 499

const outcome = (reply: FastifyReply) => {
  const left = !reply.raw.writableFinished
  return {
    status: left ? CLIENT_CLOSED : reply.raw.statusCode,
    reason: left ? 'ClientClosed' : reply.problem,
    seconds: reply.elapsedTime / 1000,
  }
}

export const measured = (app: FastifyInstance, metrics: Metrics) => {
  app.addHook('onRequest', async (_request: FastifyRequest, reply: FastifyReply) => {
    metrics.begin()
    reply.raw.once('close', () => metrics.end(outcome(reply)))
  })
}
