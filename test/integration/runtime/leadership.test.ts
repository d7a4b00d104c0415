// Who may write: two candidates and one Lease on a real API server, with short times.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { Leadership, type LeadershipOptions } from '../../../operator/runtime/leadership.ts'
import { type LeaseSpec, leases, specOf } from '../../../operator/runtime/lease.ts'
import { createLog } from '../../../operator/runtime/log.ts'
import { fixture } from './fixture.ts'
import { eventually, loadFrom } from './operate.ts'

const api = fixture()
const DURATION_MS = 3000
const running: Leadership[] = []

const candidate = (identity: string, more: Partial<LeadershipOptions> = {}): Leadership => {
  const leadership = new Leadership({
    load: loadFrom(api.plane.kubeconfig),
    log: createLog({ level: 'silent' }),
    fieldManager: 'tidegate',
    lease: { namespace: api.namespace, name: 'tidegate' },
    identity,
    durationSeconds: DURATION_MS / 1000,
    renewWithinMs: 2000,
    retryMs: 400,
    ...more,
  })
  running.push(leadership)
  return leadership
}

const lease = async () => {
  const found = await api.get(leases, 'tidegate')
  if (!found) throw new Error('there is no lease')
  return found
}
const holder = async () => specOf(await lease()).holderIdentity
const write = async (spec: LeaseSpec) => {
  const live = await lease()
  await api.client.update(leases, { ...live, spec: { ...specOf(live), ...spec } })
}
const mayWrite = (leadership: Leadership): boolean => {
  try {
    return leadership.fence() > 0
  } catch {
    return false
  }
}

afterEach(async () => {
  await Promise.all(running.splice(0).map(leadership => leadership.stop({ giveBack: false })))
})

describe('of two candidates', () => {
  test('who start together exactly one leads', async () => {
    const both = [candidate('a'), candidate('b')]
    const winners = both.map(one => one.acquire())
    expect(await Promise.race(winners)).toBe(true)
    await sleep(1000)
    expect(both.filter(one => one.leads)).toHaveLength(1)
    expect(both.filter(mayWrite)).toHaveLength(1)
    expect(both.map(one => one.unready())).toEqual([[], []])
  })

  test('the second takes over soon after the first gave the lease back, and not before', async () => {
    const [first, second] = [candidate('a'), candidate('b')]
    await first.acquire()
    const won = second.acquire()
    await sleep(DURATION_MS + 500)
    expect(second.leads).toBe(false)
    const before = performance.now()
    await first.stop({ giveBack: true })
    await won
    expect(performance.now() - before).toBeLessThan(DURATION_MS / 2)
    expect(specOf(await lease())).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 })
    expect(mayWrite(first)).toBe(false)
  })

  test('the second waits for the whole duration when the first ended without a word', async () => {
    const [first, second] = [candidate('a'), candidate('b')]
    await first.acquire()
    const won = second.acquire()
    await sleep(600)
    const before = performance.now()
    await first.stop({ giveBack: false })
    await won
    const waited = performance.now() - before
    expect(waited).toBeGreaterThan(DURATION_MS - 500)
    expect(waited).toBeLessThan(DURATION_MS + 1500)
  })

  test('a lease that somebody deletes is made anew by the one who holds it', async () => {
    const [first, second] = [candidate('a'), candidate('b')]
    await first.acquire()
    const won = second.acquire()
    await sleep(600)
    await api.client.remove(leases, await lease())
    await sleep(DURATION_MS)
    expect([first.leads, second.leads]).toEqual([true, false])
    expect(await holder()).toBe('a')
    await first.stop({ giveBack: true })
    expect(await won).toBe(true)
  })
})

test('a standby that was cut off for longer than the lease gives its holder the time to renew, and takes over after that', async () => {
  const [holder, standby] = [candidate('a'), candidate('b')]
  await holder.acquire()
  const won = standby.acquire()
  await eventually(
    () => standby.unready(),
    reasons => reasons.length === 0,
  )
  await holder.stop({ giveBack: false })
  await api.plane.stopPart('kube-apiserver')
  await sleep(DURATION_MS + 500)
  // It answers a while before it calls itself ready.
  const back = api.plane.startPart('kube-apiserver')
  await eventually(
    () => standby.unready(),
    reasons => reasons.length === 0,
    60,
  )
  const answered = performance.now()
  await sleep(1000)
  expect(standby.leads).toBe(false)
  await won
  expect(performance.now() - answered).toBeGreaterThan(1500)
  expect(mayWrite(standby)).toBe(true)
  await back
})

describe('a leader', () => {
  test('that finds another name in the lease has lost, and says so', async () => {
    const leader = candidate('a')
    await leader.acquire()
    await write({ holderIdentity: 'somebody else' })
    expect(await leader.lost).toBe('the lease is held by somebody else')
    expect(mayWrite(leader)).toBe(false)
  })

  test('goes on when somebody changed the lease and left the holder alone', async () => {
    const leader = candidate('a')
    await leader.acquire()
    await write({ leaseDurationSeconds: 77 })
    await sleep(2500)
    expect(mayWrite(leader)).toBe(true)
  })

  test('of the same identity as the last one need not wait', async () => {
    const first = candidate('a')
    await first.acquire()
    await first.stop({ giveBack: false })
    const before = performance.now()
    await candidate('a').acquire()
    expect(performance.now() - before).toBeLessThan(DURATION_MS / 2)
  })

  test('fences itself while the API server is away, before the lease runs out, and goes on after it', async () => {
    const leader = candidate('a')
    await leader.acquire()
    await api.plane.stopPart('kube-apiserver')
    const before = performance.now()
    await eventually(
      () => mayWrite(leader),
      may => !may,
      5,
    )
    expect(performance.now() - before).toBeLessThan(DURATION_MS)
    expect(() => leader.fence()).toThrow('the lease of the leader was not renewed in time')
    expect(leader.unready().join()).toContain('the lease was not renewed')
    await sleep(DURATION_MS)
    await api.plane.startPart('kube-apiserver')
    expect(
      await eventually(
        () => mayWrite(leader),
        may => may,
        10,
      ),
    ).toBe(true)
    expect(await holder()).toBe('a')
  })

  test('keeps its right to write while it renews, longer than one duration', async () => {
    const leader = candidate('a')
    await leader.acquire()
    const until = performance.now() + 2 * DURATION_MS
    while (performance.now() < until) {
      expect(leader.fence()).toBeGreaterThan(DURATION_MS - 2000)
      await sleep(50)
    }
  })
})

test('a candidate that cannot read the lease is not ready and goes on trying', async () => {
  const stranger = await api.plane.kubeconfigFor({ user: 'stranger' })
  const one = candidate('a', { load: loadFrom(stranger) })
  const won = one.acquire()
  const problems = await eventually(
    () => one.unready(),
    reasons => reasons.join().includes('forbidden'),
  )
  expect(problems.join()).toContain('the lease cannot be read or written')
  await one.stop({ giveBack: false })
  expect(await won).toBe(false)
})
