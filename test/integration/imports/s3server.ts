// A real server that speaks S3 and verifies signatures, with one bucket that a test fills.
import { type ChildProcess, spawn } from 'node:child_process'
import { AwsV4Signer } from 'aws4fetch'
import { binaries } from '../../cluster/binaries.ts'

export const KEYS = { AWS_ACCESS_KEY_ID: 'AKIAIMPORTS', AWS_SECRET_ACCESS_KEY: 'a/secret+key' } as const
export const BUCKET = 'models'

export interface S3Server {
  endpoint: string
  put(key: string, content: Uint8Array | string): Promise<void>
  stop(): void
}

export const startS3 = async (): Promise<S3Server> => {
  const { s3server } = await binaries(['s3server'], line => console.log(line))
  const child = spawn(s3server, { env: { ...KEYS, BUCKET }, stdio: ['pipe', 'pipe', 'inherit'] })
  const endpoint = `http://${await firstLine(child)}`
  return {
    endpoint,
    stop: () => void child.kill(),
    async put(key, content) {
      const url = `${endpoint}/${BUCKET}/${key.split('/').map(encodeURIComponent).join('/')}`
      const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = KEYS
      const signed = await new AwsV4Signer({ url, method: 'PUT', accessKeyId, secretAccessKey, service: 's3', region: 'us-east-1' }).sign()
      const answer = await fetch(url, { method: 'PUT', headers: signed.headers, body: Buffer.from(content) })
      if (!answer.ok) throw new Error(`PUT ${key}: ${answer.status} ${await answer.text()}`)
    },
  }
}

const firstLine = async ({ stdout, exitCode }: ChildProcess): Promise<string> => {
  let said = ''
  for await (const chunk of stdout?.setEncoding('utf8').iterator({ destroyOnReturn: false }) ?? []) {
    said += String(chunk)
    if (said.includes('\n')) return said.trim()
  }
  throw new Error(`the S3 server ended with ${exitCode}`)
}
