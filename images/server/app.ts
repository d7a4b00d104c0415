// Dresses the dataplane in HTTP: hooks that hold for every route, one error shape, and the routes by family.
import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { type Budget, readBody } from './body.ts'
import type { Config } from './config.ts'
import type { Dataplane } from './dataplane.ts'
import { limits } from './limits.ts'
import type { Metrics } from './metrics.ts'
import { Problem, problemBody, problems } from './problems.ts'
import { describeRoutes } from './routes/describe.ts'
import { healthRoutes } from './routes/health.ts'
import { inferenceRoutes } from './routes/inference.ts'
import { predictRoutes } from './routes/predict.ts'
import { socketProblem } from './socket.ts'

export interface AppOptions {
  config: Pick<Config, 'maxBodyBytes' | 'requestTimeoutMs'>
  dataplane: Dataplane
  metrics: Metrics
  log: Logger
}

const REQUEST_ID = /^[A-Za-z0-9._:/+=-]{1,128}$/

const requestId = (header: unknown) => (typeof header === 'string' && REQUEST_ID.test(header) ? header : randomUUID())

/** What Fastify itself refuses, in our words. */
const translated = (error: FastifyError): Problem | undefined => {
  if (error.code === 'FST_ERR_BAD_URL') return new Problem('InvalidRequest', 'The path is not a valid URL: encode it as UTF-8 with %XX.')
  if (error.statusCode === 414) return new Problem('NotFound', 'The path is too long: names have at most 253 characters.')
  return error.statusCode !== undefined && error.statusCode < 500 ? new Problem('InvalidRequest', 'The request is malformed.') : undefined
}

const asProblem = (error: unknown, log: Logger, id: string): Problem => {
  if (error instanceof Problem) return error
  const known = translated(error as FastifyError)
  if (known) return known
  log.error({ err: error, request_id: id }, 'A request failed inside the server')
  return new Problem('InternalError', 'The server failed to answer. Try again; its log names this request by its request_id.')
}

const refuse = (reply: FastifyReply, problem: Problem) => {
  const entry: { status: number; retryAfterSeconds?: number } = problems[problem.code]
  if (entry.retryAfterSeconds !== undefined) reply.header('retry-after', String(entry.retryAfterSeconds))
  reply.problem = problem.code
  return reply.code(entry.status).type('application/json').send(problemBody(problem, reply.request))
}

const newInstance = (log: Logger, requestTimeoutMs: number): FastifyInstance =>
  Fastify({
    logger: false,
    bodyLimit: Number.MAX_SAFE_INTEGER, // readBody bounds it, and reads on where this would cut the line
    requestTimeout: limits.http.requestTimeoutMs,
    keepAliveTimeout: limits.http.keepAliveMs,
    // A client that does not read its answer holds memory; one whose answer is being made is quiet for the deadline at most.
    connectionTimeout: requestTimeoutMs + limits.http.stalledMs,
    http: {
      headersTimeout: limits.http.headersTimeoutMs,
      requestTimeout: limits.http.requestTimeoutMs,
      connectionsCheckingInterval: limits.http.checkEveryMs,
      maxHeaderSize: limits.http.maxHeaderBytes,
    },
    // While draining, connections that stay open are answered as before and asked to close.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    requestIdHeader: false,
    genReqId: request => requestId(request.headers['x-request-id']),
    routerOptions: { maxParamLength: 300, ignoreTrailingSlash: true },
    clientErrorHandler: socketProblem,
    frameworkErrors: (error, request, reply) => {
      refuse(reply as FastifyReply, asProblem(error, log, request.id))
    },
  })

const acceptBodies = (app: FastifyInstance, maxBytes: number) => {
  const budget: Budget = { held: 0, max: limits.http.bodyBudgetBytes }
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request: FastifyRequest, payload: IncomingMessage) => readBody(payload, maxBytes, budget))
}

export const createApp = ({ config, dataplane, metrics, log }: AppOptions): FastifyInstance => {
  const app = newInstance(log, config.requestTimeoutMs)
  app.server.maxConnections = limits.http.maxConnections
  app.decorateReply('problem', undefined)
  acceptBodies(app, config.maxBodyBytes)
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id)
    if (dataplane.draining) reply.header('connection', 'close')
  })
  app.setErrorHandler((error, request, reply) => refuse(reply, asProblem(error, log, request.id)))
  app.setNotFoundHandler((request, reply) => {
    const problem = new Problem(
      'NotFound',
      `There is nothing at ${request.method} ${request.url.slice(0, 120)}. GET /docs lists what there is.`,
    )
    return refuse(reply, problem)
  })
  healthRoutes(app, dataplane)
  predictRoutes(app, { dataplane, metrics })
  inferenceRoutes(app, { dataplane, metrics })
  describeRoutes(app, { dataplane, metrics })
  return app
}

declare module 'fastify' {
  interface FastifyReply {
    /** Code of the problem that is being answered; read by the metrics. */
    problem: keyof typeof problems | undefined
  }
}
