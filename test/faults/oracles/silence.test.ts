import { describe, expect, it } from 'vitest'
import { passed, untilSilent, writesDuring } from './silence.ts'

/** Writes every so often until it is stopped. */
const writer = (everyMs: number, times = Number.POSITIVE_INFINITY) => {
  const lines: string[] = []
  const timer = setInterval(() => lines.push(`patch jobs ${lines.length}`) >= times && clearInterval(timer), everyMs)
  return { lines, stop: () => clearInterval(timer) }
}

describe('the silence', () => {
  it('is there when nothing is written', async () => {
    await untilSilent(() => [], { seconds: 0.2, within: 0.5 })
    expect(await writesDuring(() => ['before'], 0.1)).toEqual([])
  })

  it('begins after the last write', async () => {
    const { lines } = writer(50, 6)
    await untilSilent(() => lines, { seconds: 0.3, within: 2 })
    expect(lines).toHaveLength(6)
  })

  it('does not come while somebody goes on writing, and the writes are told', async () => {
    const { lines, stop } = writer(50)
    await expect(untilSilent(() => lines, { seconds: 0.4, within: 1 })).rejects.toThrow(
      /no 0.4 s without a write within 1 s.*\npatch jobs/s,
    )
    expect((await writesDuring(() => lines, 0.3)).length).toBeGreaterThan(2)
    stop()
  })

  it('is broken by requests that would change something, not by reading and not by Events', async () => {
    const requests = [
      { verb: 'list', resource: 'jobs', namespace: 'a' },
      { verb: 'create', resource: 'events', namespace: 'a' },
      { mutation: 1, verb: 'update', resource: 'models', subresource: 'status', namespace: 'a', name: 'iris' },
      { mutation: 2, verb: 'create', resource: 'jobs', namespace: 'b', name: 'iris-run-1' },
    ]
    expect(await passed(requests, 'a')()).toEqual(['1 update models status iris'])
    expect(await passed(requests)()).toHaveLength(2)
  })
})
