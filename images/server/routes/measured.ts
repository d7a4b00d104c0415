// The one measured path: every prediction request, however it ends, is timed once and counted once.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Metrics } from '../metrics.ts'

/** What proxies log when a client leaves before its answer. */
const CLIENT_CLOSED = 499

const outcome = (reply: FastifyReply, began: number) => {
  const left = !reply.raw.writableEnded
  return {
    status: left ? CLIENT_CLOSED : reply.raw.statusCode,
    reason: left ? 'ClientClosed' : reply.problem,
    seconds: (performance.now() - began) / 1000,
  }
}

export const measured = (app: FastifyInstance, metrics: Metrics) => {
  app.addHook('onRequest', async (_request: FastifyRequest, reply: FastifyReply) => {
    const began = performance.now()
    metrics.begin()
    let open = true
    const end = () => {
      if (open) metrics.end(outcome(reply, began))
      open = false
    }
    // finish: the answer is out; close without it: the client has left.
    reply.raw.once('finish', end).once('close', end)
  })
}
