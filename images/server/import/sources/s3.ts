// Objects of a bucket, by any server that speaks S3: one object, or all below a prefix.
import { AwsV4Signer } from 'aws4fetch'
import { importEnv } from '../../../../operator/api/contract.ts'
import { checkedAddress } from '../address.ts'
import { credential } from '../credential.ts'
import { Refused } from '../refused.ts'
import { type Bytes, textOf } from '../save.ts'
import { MOST_FILES, type Source } from '../source.ts'
import { ask } from '../web.ts'

export interface S3Place {
  bucket: string
  key: string
  endpoint?: string
  region?: string
}

interface Bucket {
  /** Ends in a slash. */
  base: string
  region: string
  /** Without them nobody signs. */
  keys: { accessKeyId: string; secretAccessKey: string; sessionToken?: string } | undefined
}

const MOST_ANSWER_BYTES = 4 * 1024 * 1024
const HINTS = {
  301: 'the bucket is in another region: name it in spec.import.from.s3.region',
  400: 'check the keys in the Secret, and the region of the bucket in spec.import.from.s3.region',
  403: 'it is not allowed: check the keys in the Secret, what they may read, and the region',
  404: 'there is no such bucket or key: check spec.import.from.s3',
}

export const s3Source = async (place: S3Place, env: NodeJS.ProcessEnv): Promise<Source> => {
  const bucket = bucketOf(place, env)
  const { key } = place
  if (!key.endsWith('/')) return { kind: 'file', open: () => get(bucket, key) }
  const keys = await keysBelow(bucket, key)
  if (keys.length === 0) throw new Refused(`bucket ${place.bucket} has nothing below ${key}: check spec.import.from.s3`)
  return { kind: 'folder', files: keys.map(each => ({ path: each.slice(key.length), open: () => get(bucket, each) })) }
}

/** The bucket stands in the path, which every server understands; AWS wants it in the name of the host, where it fits a certificate. */
const bucketOf = ({ bucket, endpoint, region = 'us-east-1' }: S3Place, env: NodeJS.ProcessEnv): Bucket => {
  const keys = keysIn(env)
  if (!endpoint && !bucket.includes('.')) return { base: `https://${bucket}.s3.${region}.amazonaws.com/`, region, keys }
  const { href } = checkedAddress(endpoint ?? `https://s3.${region}.amazonaws.com`, 'spec.import.from.s3.endpoint')
  return { base: `${href.replace(/\/+$/, '')}/${bucket}/`, region, keys }
}

const keysIn = (env: NodeJS.ProcessEnv): Bucket['keys'] => {
  const accessKeyId = credential(env, importEnv.accessKey)
  const secretAccessKey = credential(env, importEnv.secretKey)
  const sessionToken = env[importEnv.sessionToken] && credential(env, importEnv.sessionToken)
  return accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) } : undefined
}

const encoded = (key: string): string =>
  key
    .split('/')
    .map(part => encodeURIComponent(part).replaceAll(/[!'()*]/g, letter => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`))
    .join('/')

const get = (bucket: Bucket, key: string): Promise<Bytes> => signed(bucket, new URL(bucket.base + encoded(key)))

const signed = async ({ region, keys }: Bucket, url: URL): Promise<Bytes> => {
  if (!keys) return ask({ url, hints: HINTS })
  const { headers } = await new AwsV4Signer({ ...keys, url: url.href, method: 'GET', service: 's3', region }).sign()
  return ask({ url, headers: Object.fromEntries(headers), hints: HINTS })
}

const keysBelow = async (bucket: Bucket, prefix: string): Promise<string[]> => {
  const found: string[] = []
  let token = ''
  do {
    const query = new URLSearchParams({ 'list-type': '2', prefix, 'encoding-type': 'url', ...(token && { 'continuation-token': token }) })
    const text = await textOf(() => signed(bucket, new URL(`${bucket.base}?${query.toString()}`)), {
      name: 'the list of the bucket',
      maxBytes: MOST_ANSWER_BYTES,
    })
    const page = pageOf(text)
    // A key that ends in a slash is how consoles show an empty folder.
    found.push(...page.keys.filter(key => key.startsWith(prefix) && !key.endsWith('/')))
    if (found.length > MOST_FILES)
      throw new Refused(`there are more than ${MOST_FILES} objects below ${prefix}: a bundle has not so many files`)
    token = page.next
  } while (token !== '')
  return found
}

/** The few fields that are needed; keys come percent-encoded, so that no letter of theirs means anything to XML. */
const pageOf = (xml: string): { keys: string[]; next: string } => {
  if (!xml.includes('<ListBucketResult'))
    throw new Refused('the list of the bucket is not what S3 answers: check spec.import.from.s3.endpoint')
  const keys = [...xml.matchAll(/<Contents>[\s\S]*?<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => decoded(key))
  const [, next = ''] = /<NextContinuationToken>([^<]*)<\/NextContinuationToken>/.exec(xml) ?? []
  return { keys, next: plain(next) }
}

const decoded = (key: string): string => {
  try {
    return decodeURIComponent(plain(key).replaceAll('+', ' '))
  } catch {
    throw new Refused('the list of the bucket has a key that cannot be read')
  }
}

const plain = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&apos;', "'").replaceAll('&amp;', '&')
