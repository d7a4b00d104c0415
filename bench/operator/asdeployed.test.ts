import { expect, it } from 'vitest'
import { deployedFlags, flagsIn } from './asdeployed.ts'

it('takes the flags of the image and adds the heap of the container', () => {
  expect(flagsIn('FROM x\nENTRYPOINT ["node", "--enable-source-maps", "/main.js"]\n')).toEqual([
    '--enable-source-maps',
    '--max-heap-size=259',
  ])
  expect(flagsIn('ENTRYPOINT ["node", "--max-semi-space-size=16", "/main.js"]')).toEqual([
    '--max-semi-space-size=16',
    '--max-heap-size=304',
  ])
})

it('reads the Dockerfile of the operator, and says so when it cannot', () => {
  expect(deployedFlags()).toContain('--enable-source-maps')
  expect(() => flagsIn('CMD node main.js')).toThrow('adapt flagsIn')
})
