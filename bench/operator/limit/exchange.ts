// Turns the requests recorded for one service into the requests of another one.
import type { Identity, Recording } from './recording.ts'
import type { Recorded } from './recordingproxy.ts'

/** Names have the same length in both, so the bytes on the wire do not change in number. */
export const exchanged = ({ of, requests }: Recording, to: Identity): Recorded[] =>
  requests.map(request => ({
    ...request,
    path: named(request.path, of, to),
    body: versioned(named(request.body, of, to).replaceAll(of.uid, to.uid), to.resourceVersion),
  }))

const named = (text: string, of: Identity, to: Identity): string => text.replaceAll(of.name, to.name).replaceAll(of.namespace, to.namespace)

const VERSION = /"resourceVersion":"\d+"/

/** A status carries the version it was computed from; the answer to it carries the next one. */
export const versioned = (text: string, resourceVersion: string): string => text.replace(VERSION, `"resourceVersion":"${resourceVersion}"`)

export const versionIn = (answer: string): string | undefined => VERSION.exec(answer)?.[0].split('"')[3]
