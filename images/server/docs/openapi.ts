// The OpenAPI 3.1 document of the model that is loaded.
import type { Served } from '../dataplane.ts'
import { problems } from '../problems.ts'
import { SERVER_VERSION } from '../release.ts'
import { type Endpoint, endpoints } from './endpoints.ts'
import { errorSchema } from './schemas.ts'

const answerOf = ({ type = 'application/json', schema = {}, example }: Endpoint['answer']) => ({
  description: 'Done.',
  content: { [type]: { schema: type === 'text/plain' ? { type: 'string' } : schema, ...(example !== undefined && { example }) } },
})

const refusals = (endpoint: Endpoint) =>
  Object.fromEntries(
    endpoint.problems.map(code => [
      String(problems[code].status),
      // Health answers its own body with 503.
      endpoint.tag === 'Health'
        ? { ...answerOf(endpoint.answer), description: 'Degraded; the reason is in the body.' }
        : { description: code, content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } },
    ]),
  )

const operation = (endpoint: Endpoint) => ({
  operationId: `${endpoint.method.toLowerCase()}${endpoint.path.replaceAll(/[^A-Za-z0-9]+/g, '_')}`,
  tags: [endpoint.tag],
  summary: endpoint.summary,
  ...(endpoint.request && {
    requestBody: {
      required: true,
      content: { 'application/json': { schema: endpoint.request.schema, example: endpoint.request.example } },
    },
  }),
  responses: { 200: answerOf(endpoint.answer), ...refusals(endpoint) },
})

export const openapi = (served: Served) => ({
  openapi: '3.1.0',
  info: {
    title: `${served.name} ${served.version}`,
    version: SERVER_VERSION,
    description: `Predicts ${served.loaded.manifest.target}: ${served.signature.labels.join(', ')}.`,
  },
  servers: [{ url: '/' }],
  paths: Object.fromEntries(endpoints(served).map(endpoint => [endpoint.path, { [endpoint.method.toLowerCase()]: operation(endpoint) }])),
  components: { schemas: { Error: errorSchema } },
})
