// Tells an answer no faster than so many bytes a second.
import type { Effect } from '../effect.ts'
import type { SlowAction } from '../fault.ts'
import { paced } from '../outlet.ts'

const everyMilliseconds = 20

export const slow = ({ bytesPerSecond }: SlowAction): Effect => {
  const bytes = Math.ceil((bytesPerSecond * everyMilliseconds) / 1000)
  const fewer = (bytes * 1000) / bytesPerSecond
  return { through: (outlet, { over }) => paced(outlet, { bytes, everyMilliseconds: Math.max(everyMilliseconds, fewer), signal: over }) }
}
