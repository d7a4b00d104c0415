// Decides where one JSON document of a stream ends and the next begins: at a line feed, wherever the network cut it.
import { StringDecoder } from 'node:string_decoder'

/** A single event is at most one object (etcd allows 1.5 MiB, a managed-fields-heavy object a little more in JSON). */
const longestLine = 32 * 1024 * 1024

export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8')
  let parts: string[] = []
  let length = 0
  for await (const chunk of chunks) {
    const pieces = decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)).split('\n')
    const last = pieces.pop() ?? ''
    for (const piece of pieces) {
      const line = parts.join('') + piece
      parts = []
      length = 0
      if (line.trim() !== '') yield line
    }
    parts.push(last)
    length += last.length
    if (length > longestLine) throw new RangeError(`a line of the stream is longer than ${longestLine} characters`)
  }
  const rest = parts.join('') + decoder.end()
  if (rest.trim() !== '') throw new SyntaxError(`the stream ended inside a line, after ${rest.length} characters of it`)
}
