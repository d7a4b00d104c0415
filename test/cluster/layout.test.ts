import { expect, test } from 'vitest'
import { cgroupRoot } from './layout.ts'

test('clusters of one name in two caches keep their pods apart', () => {
  const one = cgroupRoot('/home/ada/.cache/tidegate/clusters/dev')
  expect(one).toMatch(/^\/tidegate-dev-[0-9a-f]{12}$/)
  expect(cgroupRoot('/tmp/cache/tidegate/clusters/dev')).not.toBe(one)
  expect(cgroupRoot('/home/ada/.cache/tidegate/clusters/dev')).toBe(one)
})
