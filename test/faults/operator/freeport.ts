// Decides which port a process of a test listens at: one below those that the kernel gives to outgoing connections, and above the clusters'.
import { createServer } from 'node:net'

const FIRST = 25_000
const COUNT = 7_000

// Processes of tests that run side by side begin at different places.
let next = (process.pid * 37) % COUNT

/** A port that nobody listens at now and that this process has not given away lately. */
export const freePort = async (): Promise<number> => {
  for (let tries = 0; tries < COUNT; tries += 1) {
    const port = FIRST + next
    next = (next + 1) % COUNT
    if (await isFree(port)) return port
  }
  throw new Error(`no port from ${FIRST} to ${FIRST + COUNT - 1} is free: end what listens there`)
}

const isFree = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '0.0.0.0', () => server.close(() => resolve(true)))
  })
