// Streams bytes into a file: never more than allowed, hashed on the way, and on the disk before anybody is told.
import { createHash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync, writeFileSync } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Refused } from './refused.ts'

export type Bytes = AsyncIterable<Uint8Array>

/** How to get at the bytes of one thing, each time from the beginning. */
export type Open = () => Promise<Bytes>

export interface Saved {
  sha256: string
  size: number
}

export interface Limit {
  /** What it is called in messages. */
  name: string
  maxBytes: number
}

export const save = async (from: Open, file: string, { name, maxBytes }: Limit): Promise<Saved> => {
  await mkdir(dirname(file), { recursive: true })
  const hash = createHash('sha256')
  let size = 0
  const handle = await open(file, 'wx', 0o644)
  try {
    for await (const chunk of await from()) {
      size += chunk.byteLength
      if (size > maxBytes) throw new Refused(`${name} has more than ${maxBytes} bytes, which is the most that is imported`)
      hash.update(chunk)
      await handle.writeFile(chunk)
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
  return { sha256: hash.digest('hex'), size }
}

/** A file of our own making. */
export const write = (file: string, content: string | Uint8Array): void => writeFileSync(file, content, { flush: true })

/** As threads share it, so that it lies in memory once. */
export const sharedBytes = (file: string): SharedArrayBuffer => {
  const fd = openSync(file, 'r')
  try {
    const { size } = fstatSync(fd)
    const bytes = new SharedArrayBuffer(size)
    for (let at = 0, read = 1; at < size && read > 0; at += read) read = readSync(fd, new Uint8Array(bytes, at), 0, size - at, at)
    return bytes
  } finally {
    closeSync(fd)
  }
}

/** For something small that is read whole. */
export const textOf = async (from: Open, { name, maxBytes }: Limit): Promise<string> => {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of await from()) {
    size += chunk.byteLength
    if (size > maxBytes) throw new Refused(`${name} has more than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
