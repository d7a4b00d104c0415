// Registers a path for one method, and tells every other method which one it is.
import type { FastifyInstance, HTTPMethods, RouteHandlerMethod } from 'fastify'
import { Problem } from '../problems.ts'

const METHODS: HTTPMethods[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

export interface Route {
  method: 'GET' | 'POST'
  url: string
  handler: RouteHandlerMethod
}

export const only = (app: FastifyInstance, { method, url, handler }: Route) => {
  app.route({ method, url, handler })
  const allow = method === 'GET' ? 'GET, HEAD' : method
  app.route({
    method: METHODS.filter(other => other !== method),
    url,
    // Before any body is read, which the wrong method may not even have meant.
    onRequest: async (request, reply) => {
      reply.header('allow', allow)
      throw new Problem('MethodNotAllowed', `${request.method} is not offered here: use ${method}.`)
    },
    handler: () => undefined,
  })
}
