// Asks a part over HTTP or HTTPS whether it is ready.
import { readFileSync } from 'node:fs'
import { request as http } from 'node:http'
import { request as https } from 'node:https'

export type Credentials = { ca?: string; cert?: string; key?: string }

const TIMEOUT_MS = 3000

/** Resolves when the URL answers 200, and rejects with what it answered instead. */
export function answersOk(url: string, credentials: Credentials = {}): Promise<void> {
  const { ca, cert, key } = credentials
  const tls = { ca: read(ca), cert: read(cert), key: read(key), rejectUnauthorized: ca !== undefined }
  const request = url.startsWith('https:') ? https : http
  return new Promise((resolve, reject) => {
    const call = request(url, { ...tls, agent: false, timeout: TIMEOUT_MS }, response => {
      response.resume()
      if (response.statusCode === 200) resolve()
      else reject(new Error(`${url} answers ${response.statusCode}`))
    })
    call.on('timeout', () => call.destroy(new Error(`${url} gives no answer within ${TIMEOUT_MS / 1000} s`)))
    call.on('error', reject)
    call.end()
  })
}

function read(file: string | undefined): Buffer | undefined {
  return file === undefined ? undefined : readFileSync(file)
}
