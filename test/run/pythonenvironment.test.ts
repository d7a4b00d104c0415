import { describe, expect, it } from 'vitest'
import { choosePython, environmentFolder } from './pythonenvironment.ts'

const python = (version: string) => ({ version, command: `/usr/bin/python${version}` })

describe('the Python of the trainer', () => {
  it('is the one of the image when there is one', () => {
    expect(choosePython([python('3.11.7'), python('3.14.1'), python('3.13.0')])?.version).toBe('3.13.0')
  })

  it('is else the newest that the packages have wheels for', () => {
    expect(choosePython([python('3.11.7'), python('3.15.0'), python('3.12.1')])?.version).toBe('3.12.1')
  })

  it('is none when all are too old', () => {
    expect(choosePython([python('3.10.13'), python('3.9.18')])).toBeUndefined()
  })

  it('has an environment of its own for each version', () => {
    expect(environmentFolder(python('3.11.7'))).not.toBe(environmentFolder(python('3.13.0')))
  })
})
