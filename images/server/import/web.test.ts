// The program against a real https server with an authority of its own, as a Job would run it.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer as createPlain } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ImportReport } from '../../../operator/api/importjob.ts'
import { validateJson } from '../../../operator/api/validate.ts'
import { caFile, issue, openPki } from '../../../test/cluster/pki.ts'
import { classifier, importConfig, sha256 } from '../../../test/imports/classifier.ts'
import { importFrom } from './from.ts'

const PROGRAM = join(import.meta.dirname, '../import.ts')
const content = classifier()
const digest = sha256(content)
const servers: Server[] = []
let [origin, plain, ca] = ['', '', '']
/** Of the requests so far: path and authorization. */
let heard: string[] = []

type Answers = Record<string, (answer: ServerResponse) => void>

const redirect = (to: string) => (answer: ServerResponse) => answer.writeHead(302, { location: to }).end()

const answers: Answers = {
  '/model.onnx': answer => answer.writeHead(200).end(content),
  '/moved': answer => redirect('/model.onnx')(answer),
  '/down': answer => redirect(`${plain}/model.onnx`)(answer),
  '/loop': answer => redirect('/loop')(answer),
  '/forbidden': answer => answer.writeHead(403).end('SECRET IN THE ANSWER'),
  '/busy': answer => answer.writeHead(503).end('SECRET IN THE ANSWER'),
  '/models/elsewhere.onnx': answer => answer.writeHead(301).end('SECRET IN THE ANSWER'),
  '/slow': answer => void answer.writeHead(200).write(content.slice(0, 100)),
  '/half': answer => {
    answer.writeHead(200, { 'content-length': String(content.length) })
    answer.write(content.slice(0, 100), () => answer.destroy())
  },
}

const talk = (request: IncomingMessage, answer: ServerResponse): void => {
  heard.push(`${request.url} ${request.headers.authorization ?? 'nobody'}`)
  const found = answers[request.url?.split('?')[0] ?? '']
  if (found) found(answer)
  else answer.writeHead(404).end()
}

const listening = async (server: Server): Promise<number> => {
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

beforeAll(async () => {
  const pki = await openPki(mkdtempSync(join(tmpdir(), 'tidegate-pki-')))
  const { cert, key } = await issue(pki, { file: 'server', user: 'server', names: ['IP:127.0.0.1'] })
  ca = caFile(pki)
  plain = `http://127.0.0.1:${await listening(createPlain(talk))}`
  origin = `https://127.0.0.1:${await listening(createServer({ cert: readFileSync(cert), key: readFileSync(key) }, talk))}`
})

afterAll(() => {
  for (const server of servers) server.close()
})

interface Ended {
  code: number | null
  said: string
  root: string
}

const started = (path: string, env: Record<string, string>): { child: ChildProcess; root: string; ended: Promise<Ended> } => {
  heard = []
  const config = importConfig({ digest, from: { https: { url: path.startsWith('http') ? path : `${origin}${path}` } } })
  const termination = join(mkdtempSync(join(tmpdir(), 'tidegate-import-')), 'termination-log')
  const child: ChildProcess = spawn(process.execPath, ['--disable-proto=delete', PROGRAM, '--config', JSON.stringify(config)], {
    env: { PATH: process.env['PATH'], TIDEGATE_TERMINATION_LOG: termination, ...env },
    stdio: 'ignore',
  })
  const said = () => (existsSync(termination) ? readFileSync(termination, 'utf8') : '')
  const { root } = config
  const ended = new Promise<Ended>(resolve => child.once('close', code => resolve({ code, said: said(), root })))
  return { child, root, ended }
}

const brought = (path: string, env: Record<string, string> = { NODE_EXTRA_CA_CERTS: ca }): Promise<Ended> => started(path, env).ended

describe('an import from the web', () => {
  it('fetches the file over TLS, follows a redirect, and reports the bundle', async () => {
    const { code, said, root } = await brought('/moved')
    expect(said).toMatch(/^\{/)
    expect(code).toBe(0)
    expect(validateJson(ImportReport, said, 4000)).toMatchObject({ value: { asked: digest, digest: expect.stringMatching(/^sha256:/) } })
    expect(readdirSync(join(root, 'iris/v4')).toSorted()).toEqual(['manifest.json', 'model.onnx', 'run.json'])
  })

  it('sends its token to the host that was named', async () => {
    await brought('/moved', { NODE_EXTRA_CA_CERTS: ca, TIDEGATE_IMPORT_TOKEN: 'abc' })
    expect(heard).toEqual(['/moved Bearer abc', '/model.onnx Bearer abc'])
  })

  it.each([
    ['is not there', '/nothing?key=SECRET', 44, /\/nothing answers 404: it is not there: check the address$/],
    ['is not allowed', '/forbidden', 44, /\/forbidden answers 403: it is not allowed: check the credentials/],
    ['leads away from https', '/down', 44, /\/down redirects from https to http, which is not followed$/],
    ['leads nowhere', '/loop', 44, /\/loop redirects more than 5 times$/],
    ['is busy', '/busy', 1, /\/busy answers 503$/],
    ['ends too early', '/half', 1, /\/half: /],
  ])('of what %s ends for good or is worth another try, without a word of the answer', async (_, path, exit, words) => {
    const { code, said, root } = await brought(path)
    expect(said).toMatch(words)
    expect(said).not.toContain('SECRET')
    expect(code).toBe(exit)
    expect(readdirSync(join(root, 'iris'))).toEqual([])
  })

  it('that a signal ends leaves nothing behind: the version may be gone', async () => {
    const { child, root, ended } = started('/slow', { NODE_EXTRA_CA_CERTS: ca })
    const files = () => readdirSync(root, { recursive: true, encoding: 'utf8' })
    try {
      await expect.poll(files, { timeout: 60_000 }).toContainEqual(expect.stringContaining('model.onnx'))
    } finally {
      child.kill('SIGTERM')
    }
    expect((await ended).code).toBe(1)
    expect(files()).toEqual(['iris'])
  }, 90_000)

  it('from a bucket in another region says where its name is missing', async () => {
    const s3 = { bucket: 'models', key: 'elsewhere.onnx', endpoint: plain }
    await expect(importFrom(importConfig({ digest, from: { s3 } }), {})).rejects.toThrow(
      /redirects, which is not followed here: the bucket is in another region: name it in spec\.import\.from\.s3\.region$/,
    )
  })

  it('trusts no server whose authority it does not know', async () => {
    const { code, said } = await brought('/model.onnx', {})
    expect(said).toMatch(/certificate/i)
    expect(code).toBe(1)
    expect(heard).toEqual([])
  })

  it('asks nobody without TLS but Services of the cluster', async () => {
    const { code, said } = await brought('http://example.org/model.onnx')
    expect(said).toBe('')
    expect(code).toBe(42)
  })
})
