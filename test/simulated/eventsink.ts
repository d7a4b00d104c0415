// A sink as tests need it: a real HTTP server that keeps what it took, and answers as it is told to.
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { CloudEvent } from '../../operator/cloudevents/event.ts'

/** A status to answer with, or what to do with the answer; what it does not answer with 2xx it may say it has taken all the same. */
export type Conduct = number | ((answer: ServerResponse, event: CloudEvent) => void)

export interface Asked {
  path: string
  headers: IncomingMessage['headers']
  event: CloudEvent
  at: number
}

export interface EventSink {
  uri: string
  /** Every request that came, whatever became of it. */
  asked: Asked[]
  /** What was answered with 2xx. */
  taken: CloudEvent[]
  /** For the requests from now on. */
  conduct: (conduct: Conduct) => void
  /** No connection is accepted any more; `openSink` with the same port ends that. */
  close: () => Promise<void>
  port: number
}

export const openSink = async (first: Conduct = 204, port = 0): Promise<EventSink> => {
  const asked: Asked[] = []
  const taken: CloudEvent[] = []
  let conduct = first
  const server = createServer(
    onPost((post, answer) => {
      asked.push(post)
      if (typeof conduct === 'number') answer.writeHead(conduct).end()
      else conduct(answer, post.event)
      if (answer.statusCode < 300 && answer.headersSent) taken.push(post.event)
    }),
  )
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  const here = (server.address() as AddressInfo).port
  const close = () =>
    new Promise<void>(resolve => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  const told = (next: Conduct) => {
    conduct = next
  }
  return { uri: `http://127.0.0.1:${here}/events?of=tidegate`, asked, taken, conduct: told, close, port: here }
}

const onPost =
  (heard: (post: Asked, answer: ServerResponse) => void): RequestListener =>
  (request, answer) => {
    const { url: path = '', headers } = request
    // A client that breaks off leaves half a text, which is no request.
    void text(request).then(
      body => heard({ path, headers, event: JSON.parse(body) as CloudEvent, at: performance.now() }, answer),
      () => undefined,
    )
  }
