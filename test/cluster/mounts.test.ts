import { describe, expect, it } from 'vitest'
import { mountsBelow } from './mounts.ts'

const MOUNTINFO = `20 1 254:0 / / rw - ext4 /dev/vda rw
30 20 0:30 / /cache/a rw - tmpfs tmpfs rw
31 30 0:31 / /cache/a/deep rw - tmpfs tmpfs rw
32 20 0:32 / /cache/a/with\\040space rw - tmpfs tmpfs rw
33 20 0:33 / /cache/ab rw - tmpfs tmpfs rw
`

describe('the mounts below a folder', () => {
  it('come with the last first, so that none is below another that goes before it', () => {
    expect(mountsBelow('/cache/a', MOUNTINFO)).toEqual(['/cache/a/with space', '/cache/a/deep'])
  })

  it('leave alone those of a folder with a longer name', () => {
    expect(mountsBelow('/cache/a', MOUNTINFO)).not.toContain('/cache/ab')
  })
})
