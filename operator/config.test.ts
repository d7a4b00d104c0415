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
