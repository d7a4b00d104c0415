import { describe, expect, it } from 'vitest'
import { type Naming, nameOf } from './names.ts'

const named = (names: Naming['names'], prefix: string, key: string): string => {
  const [namespace = '', model = ''] = key.split('/')
  return nameOf({ names, prefix }, { namespace, model })
}

describe('the name of a model in a tracking server', () => {
  it.each([
    ['mlflow', '', 'shop/churn', 'shop.churn'],
    ['mlflow', 'blue-', 'shop/churn', 'blue-shop.churn'],
    ['databricks', '', 'shop/churn', 'shop_churn'],
    ['databricks-uc', 'main.ml', 'shop-eu/churn', 'main.ml.shop__eu_churn'],
  ] as const)('of %s with prefix "%s" for %s is %s', (names, prefix, key, name) => {
    expect(named(names, prefix, key)).toBe(name)
  })

  it.each(['mlflow', 'databricks', 'databricks-uc'] as const)('of %s differs for models that look alike', names => {
    const keys = ['a-b/c', 'a/b-c', 'a--b/c', 'a/b--c', 'ab/c', 'a/bc', 'a-b-c/d', 'a/b-c-d', 'a-b/c-d']
    expect(new Set(keys.map(key => named(names, 'main.ml', key))).size).toBe(keys.length)
  })
})
