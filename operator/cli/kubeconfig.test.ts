import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { namespaceOf, readKubeconfig } from './kubeconfig.ts'

const folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'))
afterAll(() => rmSync(folder, { recursive: true }))

const file = (name: string, content: object | string): string => {
  const path = join(folder, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const config = (name: string, namespace?: string) => ({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': name,
  clusters: [{ name, cluster: { server: `https://${name}:6443` } }],
  users: [{ name, user: { token: name } }],
  contexts: [{ name, context: { cluster: name, user: name, ...(namespace && { namespace }) } }],
})

const east = file('east', config('east', 'shop'))
const west = file('west', config('west'))
const noContext = file('none', { ...config('east'), 'current-context': '' })
const nowhere = join(folder, 'nowhere')
const both = { KUBECONFIG: [nowhere, east, west].join(delimiter) }

const chosen = (asked: Parameters<typeof readKubeconfig>[0], environment: Record<string, string> = {}) => {
  const read = readKubeconfig(asked, { HOME: nowhere, ...environment })
  return `${read.getCurrentCluster()?.server} ${read.getCurrentUser()?.name} ${namespaceOf(read, asked)}`
}

describe('the kubeconfig', () => {
  it('is the file that is named, then KUBECONFIG, whose first file wins', () => {
    expect(chosen({ kubeconfig: west }, both)).toBe('https://west:6443 west default')
    expect(chosen({}, both)).toBe('https://east:6443 east shop')
    expect(chosen({}, { KUBECONFIG: [west, east, west].join(delimiter) })).toBe('https://west:6443 west default')
  })

  it('gives context and namespace, unless they are asked for', () => {
    expect(chosen({ context: 'west' }, both)).toBe('https://west:6443 west default')
    expect(chosen({ namespace: 'lab' }, both)).toBe('https://east:6443 east lab')
  })

  it.each([
    [{}, {}, /^no kubeconfig: .*nowhere\/\.kube\/config does not exist; set KUBECONFIG, or name a file with --kubeconfig$/],
    [{}, { KUBECONFIG: nowhere }, /^no kubeconfig: KUBECONFIG is .*, and no such file exists/],
    [{ kubeconfig: nowhere }, {}, /^no kubeconfig: --kubeconfig is .*, and no such file exists$/],
    [{ kubeconfig: file('broken', 'a: [') }, {}, /broken cannot be read$/],
    [{ context: 'eats' }, both, /no context eats: did you mean east/],
    [{ kubeconfig: noContext }, {}, /no current context: choose one with --context \(east\)/],
  ])('that cannot be used is refused with what to do: %j %j', (asked, environment, said) => {
    expect(() => chosen(asked, environment)).toThrow(said)
  })
})
