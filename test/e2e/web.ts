// Requests over connections that stay open, to the Ingress controller or to an address inside the cluster.
import { Pool } from 'undici'

export interface Reply {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
  /** The body as JSON. */
  json: <Body = Prediction>() => Body
}

/** What the server answers on /predict. */
export interface Prediction {
  prediction: string
  prediction_index: number
  confidence_scores: Record<string, number>
  model_name: string
  model_version: string
  request_id: string
}

export interface Request {
  /** Goes into the Host header: which Ingress is meant. */
  host?: string
  method?: 'GET' | 'POST'
  path: string
  /** Sent as JSON, unless it is a text already. */
  body?: unknown
  headers?: Record<string, string>
}

const LONGEST_MS = 15_000

export class Web {
  readonly #pool: Pool

  constructor(url: string, connections = 8) {
    this.#pool = new Pool(url, { connections, headersTimeout: LONGEST_MS, bodyTimeout: LONGEST_MS })
  }

  async ask({ host, method, path, body, headers = {} }: Request): Promise<Reply> {
    const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
    const answer = await this.#pool.request({
      path,
      method: method ?? (text === undefined ? 'GET' : 'POST'),
      headers: { ...(host && { host }), ...(text !== undefined && { 'content-type': 'application/json' }), ...headers },
      body: text ?? null,
    })
    const said = await answer.body.text()
    return { status: answer.statusCode, headers: answer.headers, body: said, json: <Body>() => JSON.parse(said) as Body }
  }

  predict(host: string, body: unknown): Promise<Reply> {
    return this.ask({ host, path: '/predict', body })
  }

  close(): Promise<void> {
    return this.#pool.destroy()
  }
}
