import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { serverReasons } from '../../operator/api/bundle.ts'
import { configOf } from './config.ts'
import { problems } from './problems.ts'

const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8')
const section = (from: string, to: string) => readme.slice(readme.indexOf(from), readme.indexOf(to))
const words = (text: string) => [...text.matchAll(/`([A-Z][A-Za-z]+)`/g)].map(match => match[1] as string)

describe('the README', () => {
  it('names every code of the catalogue, and no other', () => {
    const named = words(section('### Errors', '### Open Inference')).filter(word => word !== 'Allow')
    expect(named.toSorted()).toEqual(Object.keys(problems).toSorted())
  })

  it('names every reason for being degraded', () => {
    const passing = ['Loading', 'Draining']
    const named = words(section('- **Loading**', '- **Running**'))
    expect(named.toSorted()).toEqual(serverReasons.filter(reason => !passing.includes(reason)).toSorted())
  })

  it('names the settings with their defaults', () => {
    const { requestTimeoutMs, maxBodyBytes, drainSeconds, bundle, port } = configOf({})
    const table = section('## Settings', '## How it works')
    for (const value of [requestTimeoutMs, maxBodyBytes, drainSeconds, bundle, port]) expect(table).toContain(String(value))
  })
})
