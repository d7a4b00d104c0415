import { describe, expect, it } from 'vitest'
import { lastWords } from './lastwords.ts'

describe('the last words of a container', () => {
  it.each([
    [
      'Node',
      'file:///main.js:7\n  if (!value) throw new Error(name)\n\nError: PORT is not set: give a number\n    at f (main.js:7)\n\nNode.js v24',
      'Error: PORT is not set: give a number',
    ],
    [
      'Node, with a code',
      'node:internal/x\nTypeError [ERR_INVALID_ARG]: "path" must be a string\n    at x',
      'TypeError [ERR_INVALID_ARG]: "path" must be a string',
    ],
    [
      'Python',
      'Traceback (most recent call last):\n  File "a.py"\nKeyError: 1\n\nDuring handling:\nsklearn.exceptions.NotFittedError: fit first\n',
      'sklearn.exceptions.NotFittedError: fit first',
    ],
    ['Go', 'panic: runtime error: index out of range\n\ngoroutine 1 [running]:\nmain.main()', 'panic: runtime error: index out of range'],
    ['a shell', 'cannot open /rows: No such file\n', 'cannot open /rows: No such file'],
    ['nobody', undefined, ''],
  ])('are the line that names the error, as %s writes it', (_, text, said) => {
    expect(lastWords(text)).toBe(said)
  })

  it('are both ends of a long text that names none', () => {
    const text = `first words ${'and so on '.repeat(200)}last words`
    expect(lastWords(text)).toMatch(/^first words .* … .*last words$/)
    expect(lastWords(text).length).toBeLessThanOrEqual(400)
  })
})
