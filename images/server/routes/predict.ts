// POST /predict: rows in any of four shapes, answered with class names and confidence.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { parsedJson } from '../codec/json.ts'
import { predictionsOf, predictRequest } from '../codec/predict.ts'
import type { Dataplane } from '../dataplane.ts'
import type { Metrics } from '../metrics.ts'
import { measured } from './measured.ts'
import { only } from './only.ts'

export interface PredictingParts {
  dataplane: Dataplane
  metrics: Metrics
}

export const bytesOf = ({ body }: FastifyRequest) => (body instanceof Buffer ? body : Buffer.alloc(0))

export const predictRoutes = (app: FastifyInstance, { dataplane, metrics }: PredictingParts) =>
  app.register(async scope => {
    measured(scope, metrics)
    only(scope, {
      method: 'POST',
      url: '/predict',
      handler: async request => {
        const body = parsedJson(bytesOf(request))
        const { signature, name, version } = dataplane.served()
        const { batch, single } = predictRequest(signature, body)
        const rows = batch.rows
        const predictions = predictionsOf(signature, await dataplane.infer(batch))
        metrics.predicted(rows)
        return { ...(single ? predictions[0] : { predictions }), model_name: name, model_version: version, request_id: request.id }
      },
    })
  })
