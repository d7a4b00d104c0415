import { describe, expect, it } from 'vitest'
import { readConfig } from './config.ts'

const images = { TIDEGATE_TRAINER_IMAGE: 't', TIDEGATE_SERVER_IMAGE: 's' }
const tracking = (more: Record<string, string>) => readConfig({ ...images, ...more }).tracking

describe('the tracking server of the configuration', () => {
  it('is none unless an address is given', () => {
    expect(tracking({})).toBeUndefined()
    expect(tracking({ TIDEGATE_TRACKING_URI: '', TIDEGATE_TRACKING_NAMES: 'mlflow' })).toBeUndefined()
  })

  it('is an MLflow with plain names unless said otherwise', () => {
    expect(tracking({ TIDEGATE_TRACKING_URI: 'http://mlflow.ml.svc:5000/' })).toEqual({
      uri: 'http://mlflow.ml.svc:5000',
      names: 'mlflow',
      prefix: '',
      stages: false,
    })
  })

  it('takes token, names, prefix and stages', () => {
    const given = {
      TIDEGATE_TRACKING_URI: 'https://dbc.example.com',
      TIDEGATE_TRACKING_TOKEN: 'secret',
      TIDEGATE_TRACKING_NAMES: 'databricks-uc',
      TIDEGATE_TRACKING_PREFIX: 'main.ml',
      TIDEGATE_TRACKING_STAGES: 'true',
    }
    expect(tracking(given)).toEqual({
      uri: 'https://dbc.example.com',
      token: 'secret',
      names: 'databricks-uc',
      prefix: 'main.ml',
      stages: true,
    })
  })

  it.each([
    ['sqlite:///mlflow.db', {}, 'write http://host:port'],
    ['http://user:hunter2@mlflow:5000', {}, 'without user'],
    ['http://mlflow:5000?a=b', {}, 'without user, query'],
    ['mlflow', {}, 'write http://host:port'],
    ['http://mlflow:5000', { TIDEGATE_TRACKING_NAMES: 'uc' }, 'use one of mlflow, databricks, databricks-uc'],
    ['http://mlflow:5000', { TIDEGATE_TRACKING_PREFIX: "a'b" }, 'use at most 40 letters'],
    ['http://mlflow:5000', { TIDEGATE_TRACKING_NAMES: 'databricks-uc' }, 'use catalog.schema'],
  ])('may not be %s with %o', (uri, more, why) => {
    expect(() => tracking({ TIDEGATE_TRACKING_URI: uri, ...more })).toThrow(why)
  })

  it('repeats no password when it complains', () => {
    expect(() => tracking({ TIDEGATE_TRACKING_URI: 'http://user:hunter2@mlflow:5000' })).not.toThrow('hunter2')
  })
})

const cloudEvents = (more: Record<string, string>) => readConfig({ ...images, ...more }).cloudEvents

describe('the sink of events of the configuration', () => {
  it('is none unless an address is given', () => {
    expect(cloudEvents({})).toBeUndefined()
    expect(cloudEvents({ TIDEGATE_CLOUDEVENTS_SINK: '', TIDEGATE_CLOUDEVENTS_TOKEN_FILE: '/token' })).toBeUndefined()
  })

  it.each([
    'https://events.example.com/tidegate?topic=models',
    'http://broker.events.svc:8080/default',
    'http://broker.events.svc.cluster.local/',
    'http://broker/',
    'http://127.0.0.1:3000/',
    'http://[::1]:3000/',
  ])('may be %s', sink => {
    expect(cloudEvents({ TIDEGATE_CLOUDEVENTS_SINK: sink })).toEqual({ sink })
  })

  it('takes a token file and a moment', () => {
    const given = {
      TIDEGATE_CLOUDEVENTS_SINK: 'https://events.example.com/',
      TIDEGATE_CLOUDEVENTS_TOKEN_FILE: '/etc/tidegate/cloudevents/token',
      TIDEGATE_CLOUDEVENTS_SINCE: '2026-01-31T00:00:00+01:00',
    }
    expect(cloudEvents(given)).toEqual({
      sink: 'https://events.example.com/',
      tokenFile: '/etc/tidegate/cloudevents/token',
      since: new Date('2026-01-30T23:00:00Z'),
    })
  })

  it.each([
    'events.example.com',
    'ftp://events.example.com/',
    'http://events.example.com/',
    'http://a.svc.example.com/',
    'http://10.0.0.1/',
    'https://user:hunter2@events.example.com/',
    'https://events.example.com/#here',
  ])('may not be %s, and no password is repeated', sink => {
    expect(() => cloudEvents({ TIDEGATE_CLOUDEVENTS_SINK: sink })).toThrow('write https://host/path')
    expect(() => cloudEvents({ TIDEGATE_CLOUDEVENTS_SINK: sink })).not.toThrow('hunter2')
  })

  it.each(['yesterday', '2026-01-31', '2026-13-31T00:00:00Z'])('tells since no %s', since => {
    const given = { TIDEGATE_CLOUDEVENTS_SINK: 'https://events.example.com/', TIDEGATE_CLOUDEVENTS_SINCE: since }
    expect(() => cloudEvents(given)).toThrow('write a moment such as 2026-01-31T00:00:00Z')
  })
})
