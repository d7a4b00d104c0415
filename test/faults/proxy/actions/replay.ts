// Answers a list as it was, from an address that was listed before.
import type { Effect } from '../effect.ts'
import type { Lists } from '../lists.ts'

export const replay = (lists: Lists): Effect => ({
  before(exchange) {
    const { path } = exchange.record
    const body = lists.get(path)
    if (body === undefined) throw new Error(`nothing to replay for ${path}: it was never listed before`)
    const outlet = exchange.begin(200, { 'content-type': 'application/json', 'content-length': body.length })
    outlet.write(body)
    outlet.end()
  },
})
