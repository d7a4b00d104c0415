import { expect, it } from 'vitest'
import { within } from './deadline.ts'

it('work that takes too long is given up, and other work comes through as it is', async () => {
  await expect(within(10, new Promise(() => {}), 'it did not happen')).rejects.toThrow('it did not happen within 0.01 s')
  await expect(within(10_000, Promise.resolve(1), '')).resolves.toBe(1)
  await expect(within(10_000, Promise.reject(new Error('its own')), '')).rejects.toThrow('its own')
})
