import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type InProcess, inProcess } from '../../../test/conformance/inprocess.ts'
import { irisManifest, mixedBundle, sampleBundle } from '../../../test/conformance/samplebundle.ts'

const servers: Record<string, InProcess> = {}
const evil = { ...irisManifest(), model: 'iris', target: '<script>alert(1)</script>', labels: ['</script><script>alert(2)', '"', "'"] }

beforeAll(async () => {
  servers['iris'] = inProcess({ bundle: sampleBundle() })
  servers['mixed'] = inProcess({ bundle: mixedBundle() })
  servers['evil'] = inProcess({ bundle: sampleBundle({ manifest: evil }) })
  await Promise.all(Object.values(servers).map(server => server.dataplane.load()))
})
afterAll(() => Promise.all(Object.values(servers).map(server => server.stop())))

interface Media {
  schema: object
  example: unknown
}
interface Operation {
  requestBody?: { content: { 'application/json': Media } }
  responses: Record<string, { content: Record<string, Media> }>
}

const document = async (name: string) => {
  const { app } = servers[name] as InProcess
  return { app, openapi: (await app.inject('/openapi.json')).json() }
}
const valid = (schema: object, value: unknown) => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  return ajv.validate(schema, value) ? [] : ajv.errors
}

describe.each(['iris', 'mixed'])('the OpenAPI document of %s', name => {
  it('is true: each example is accepted, and each answer fits its schema', async () => {
    const { app, openapi } = await document(name)
    const operations = Object.entries<Record<string, Operation>>(openapi.paths).flatMap(([url, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ url, method, operation })),
    )
    expect(operations.length).toBeGreaterThan(14)
    for (const { url, method, operation } of operations) {
      const body = operation.requestBody?.content['application/json']
      if (body) expect(valid(body.schema, body.example), `${url} example`).toEqual([])
      const response = await app.inject({
        method: method.toUpperCase() as 'GET' | 'POST',
        url,
        ...(body && { payload: body.example as object }),
      })
      expect(response.statusCode, url).toBe(200)
      const media = operation.responses['200']?.content['application/json']
      if (media) expect(valid(media.schema, response.json()), `${url} answer`).toEqual([])
    }
  })

  it('shows the very answer that its example gets', async () => {
    const { app, openapi } = await document(name)
    const { requestBody, responses } = openapi.paths['/predict'].post
    const real = (await app.inject({ method: 'POST', url: '/predict', payload: requestBody.content['application/json'].example })).json()
    const promised = responses[200].content['application/json'].example
    expect({ ...promised, confidence_scores: {}, request_id: '' }).toEqual({ ...real, confidence_scores: {}, request_id: '' })
    for (const [label, score] of Object.entries<number>(promised.confidence_scores))
      expect(real.confidence_scores[label]).toBeCloseTo(score, 5)
  })

  it('refuses what the server refuses', async () => {
    const { app, openapi } = await document(name)
    const { schema } = openapi.paths['/predict'].post.requestBody.content['application/json']
    for (const payload of [
      {},
      { features: [] },
      { features: [1] },
      { features: 'a' },
      { colour: 1 },
      { instances: [] },
      { features: [true, 'red', 1, 1] },
    ]) {
      expect(valid(schema, payload)).not.toEqual([])
      expect((await app.inject({ method: 'POST', url: '/predict', payload })).statusCode).toBe(400)
    }
  })
})

describe('the page of documentation', () => {
  it('needs nothing from elsewhere and lets nothing else run', async () => {
    const { app } = servers['iris'] as InProcess
    const response = await app.inject('/docs')
    expect(response.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(response.headers['content-security-policy']).toMatch(/^default-src 'none'; connect-src 'self'; script-src 'sha256-/)
    expect(response.body).not.toMatch(/(src|href)="(https?:)?\/\//)
    expect(response.body).toContain('name="sepal_length"')
    expect(response.body).toContain('/v2/models/iris/infer')
  })

  it('shows labels as text, whatever they are called', async () => {
    const { app } = servers['evil'] as InProcess
    const { body } = await app.inject('/docs')
    expect(body.match(/<script/g)).toHaveLength(1)
    expect(body).toContain('&lt;script&gt;alert(1)')
  })
})
