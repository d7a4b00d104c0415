// Every endpoint with a sentence and an example: the OpenAPI document and the page are both drawn from this one list.
import { ServerHealth } from '../../../operator/api/bundle.ts'
import type { Served } from '../dataplane.ts'
import { modelInfo, modelMetadata } from '../metadata.ts'
import type { ProblemCode } from '../problems.ts'
import { SERVER_VERSION } from '../release.ts'
import { exampleAnswer, exampleInfer, exampleInferAnswer, exampleRow } from './example.ts'
import { answerSchema, inferAnswerSchema, inferSchema, predictSchema } from './schemas.ts'

export interface Endpoint {
  method: 'GET' | 'POST'
  path: string
  tag: 'Predict' | 'Open Inference Protocol' | 'Model' | 'Health'
  summary: string
  request?: { schema: Record<string, unknown>; example: unknown }
  answer: { type?: string; schema?: Record<string, unknown>; example?: unknown }
  problems: readonly ProblemCode[]
}

const predicting = [
  'InvalidRequest',
  'NotFound',
  'RequestTimeout',
  'BodyTooLarge',
  'UnsupportedMediaType',
  'QueueFull',
  'InternalError',
  'ModelNotReady',
  'DeadlineExceeded',
] as const

const health = ({ name, version, loaded }: Served) => ({
  status: 'healthy',
  model_name: name,
  model_version: version,
  digest: loaded.digest,
})

const predict = (served: Served): Endpoint => ({
  method: 'POST',
  path: '/predict',
  tag: 'Predict',
  summary: 'Predict the class of one row or of several.',
  request: { schema: predictSchema(served.signature), example: { features: exampleRow(served) } },
  answer: { schema: answerSchema(served.signature), example: exampleAnswer(served) },
  problems: predicting.filter(code => code !== 'NotFound'),
})

const infer = (served: Served, path: string): Endpoint => ({
  method: 'POST',
  path: `${path}/infer`,
  tag: 'Open Inference Protocol',
  summary: 'Infer from tensors: one per column, or whole rows.',
  request: { schema: inferSchema(served.signature), example: exampleInfer(served) },
  answer: { schema: inferAnswerSchema, example: exampleInferAnswer(served) },
  problems: predicting,
})

type Read = Pick<Endpoint, 'path' | 'tag' | 'summary' | 'answer'> & { problems?: Endpoint['problems'] }
const get = (endpoint: Read): Endpoint => ({ method: 'GET', problems: [], ...endpoint })

const protocol = (served: Served): Endpoint[] => {
  const { name, version } = served
  const tag = 'Open Inference Protocol'
  const model = `/v2/models/${name}`
  const versioned = `${model}/versions/${version}`
  const metadata = { example: modelMetadata(served) }
  const ready = { example: { name, ready: true } }
  const modelProblems = ['NotFound', 'ModelNotReady'] as const
  return [
    infer(served, model),
    infer(served, versioned),
    get({ path: model, tag, summary: 'Metadata of the model: its inputs and outputs.', answer: metadata, problems: modelProblems }),
    get({ path: versioned, tag, summary: 'Metadata of this version.', answer: metadata, problems: modelProblems }),
    get({ path: `${model}/ready`, tag, summary: 'Whether the model answers.', answer: ready, problems: modelProblems }),
    get({ path: `${versioned}/ready`, tag, summary: 'Whether this version answers.', answer: ready, problems: modelProblems }),
    get({ path: '/v2/models', tag, summary: 'The models of this server.', answer: { example: { models: [name] } } }),
    get({ path: '/v2', tag, summary: 'The server.', answer: { example: { name: 'tidegate', version: SERVER_VERSION, extensions: [] } } }),
    get({ path: '/v2/health/live', tag, summary: 'Whether the server lives.', answer: { example: { live: true } } }),
    get({
      path: '/v2/health/ready',
      tag,
      summary: 'Whether the server is ready.',
      answer: { example: { ready: true } },
      problems: ['ModelNotReady'],
    }),
  ]
}

const about = (served: Served): Endpoint[] => {
  const state = { schema: ServerHealth as Record<string, unknown>, example: health(served) }
  return [
    get({
      path: '/model-info',
      tag: 'Model',
      summary: 'What the model is, and how well it did on its test rows.',
      answer: { example: modelInfo(served) },
      problems: ['ModelNotReady'],
    }),
    get({
      path: '/health',
      tag: 'Health',
      summary: 'healthy (200) or degraded (503), and why. Also under /healthz.',
      answer: state,
      problems: ['ModelNotReady'],
    }),
    get({ path: '/readyz', tag: 'Health', summary: 'Whether predictions are answered.', answer: state, problems: ['ModelNotReady'] }),
    get({
      path: '/livez',
      tag: 'Health',
      summary: 'Whether the process lives; never depends on the model.',
      answer: { example: { status: 'alive' } },
    }),
    get({ path: '/metrics', tag: 'Health', summary: 'Metrics in the format of Prometheus.', answer: { type: 'text/plain' } }),
  ]
}

export const endpoints = (served: Served): Endpoint[] => [predict(served), ...protocol(served), ...about(served)]
