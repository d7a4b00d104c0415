import { Registry } from 'prom-client'
import { afterEach, describe, expect, test } from 'vitest'
import { type Health, startHealth } from './health.ts'
import { createMetrics } from './metrics.ts'

let health: Health | undefined
afterEach(() => health?.close())

const ask = async (path: string) => {
  const answer = await fetch(`http://127.0.0.1:${health?.port}${path}`)
  return { status: answer.status, text: await answer.text(), type: answer.headers.get('content-type') }
}

describe('the health pages', () => {
  test('say ok, or 503 with each reason on a line of its own', async () => {
    const sick: string[] = []
    const unready = ['pods: the first list has not come yet', 'jobs.batch: the first list has not come yet']
    health = await startHealth({ port: 0, host: '127.0.0.1', sick: () => sick, unready: () => unready, metrics: new Registry() })
    expect(await ask('/livez')).toMatchObject({ status: 200, text: 'ok\n' })
    expect(await ask('/readyz')).toMatchObject({ status: 503, text: `${unready.join('\n')}\n` })
    unready.length = 0
    sick.push('pods: no sign of the API server for more than 600 s')
    expect(await ask('/readyz?verbose')).toMatchObject({ status: 200 })
    expect(await ask('/livez')).toMatchObject({ status: 503 })
    expect(await ask('/other')).toMatchObject({ status: 404 })
  })

  test("show metrics under controller-runtime's names, with every series there from the start", async () => {
    const metrics = createMetrics(new Registry())
    metrics.controller('trainingjob', 4)
    metrics.queue('trainingjob')
    metrics.request('GET', '200')
    health = await startHealth({ port: 0, host: '127.0.0.1', sick: () => [], unready: () => [], metrics: metrics.registry })
    const { text, type } = await ask('/metrics')
    expect(type).toContain('text/plain')
    for (const line of [
      'controller_runtime_reconcile_total{controller="trainingjob",result="success"} 0',
      'controller_runtime_reconcile_total{controller="trainingjob",result="requeue_after"} 0',
      'controller_runtime_reconcile_errors_total{controller="trainingjob"} 0',
      'controller_runtime_active_workers{controller="trainingjob"} 0',
      'controller_runtime_max_concurrent_reconciles{controller="trainingjob"} 4',
      'workqueue_depth{name="trainingjob",controller="trainingjob"} 0',
      'rest_client_requests_total{method="GET",code="200"} 1',
    ]) {
      expect(text).toContain(line)
    }
  })
})
