// Lets builds reach package registries the way this machine's own clients do, by mounts that leave nothing in an image.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { cacheFolder } from '../cache.ts'
import { attempt } from '../command.ts'

const CERTIFICATES = '/etc/ssl/certs'
const BUNDLE = join(CERTIFICATES, 'ca-certificates.crt')
const PIP_CONF = '/etc/pip.conf'
const APT_SETTINGS = /^Acquire::(https?|Check|Retries|Max|AllowInsecure|By)/
const PIP_SETTINGS = ['INDEX_URL', 'EXTRA_INDEX_URL', 'TRUSTED_HOST', 'TIMEOUT', 'DEFAULT_TIMEOUT']

/** The options that mount this machine's settings into a build. */
export async function machineMounts(): Promise<string[]> {
  const mounts = [mount('npmrc', npmrc(), '/root/.npmrc'), mount('pip.conf', pipConf(), '/root/.config/pip/pip.conf')]
  if (existsSync(PIP_CONF)) mounts.push(`${PIP_CONF}:${PIP_CONF}:ro`)
  mounts.push(mount('apt.conf', await aptConf(), '/etc/apt/apt.conf.d/98machine'))
  // Over the image's own, so that a build may install certificates: what it writes there is dropped.
  if (existsSync(CERTIFICATES)) mounts.push(`${CERTIFICATES}:${CERTIFICATES}:O`)
  return mounts.flatMap(one => ['--volume', one])
}

/** The settings of apt that decide how packages are fetched. */
export async function aptConf(): Promise<string> {
  const all = await attempt(['apt-config', 'dump']).catch(() => ({ stdout: '' }))
  const lines = all.stdout.split('\n').filter(line => APT_SETTINGS.test(line) && !line.endsWith('"";'))
  return lines.map(line => `${line}\n`).join('')
}

function npmrc(): string {
  const own = join(homedir(), '.npmrc')
  const lines = [existsSync(own) ? readFileSync(own, 'utf8') : '']
  if (existsSync(BUNDLE)) lines.push(`cafile=${BUNDLE}`)
  const registry = process.env['npm_config_registry'] ?? process.env['NPM_CONFIG_REGISTRY']
  if (registry) lines.push(`registry=${registry}`)
  return `${lines.join('\n')}\n`
}

// Environment variables do not reach a build, so those of pip go into a user's file, which counts more than the machine's.
function pipConf(): string {
  const lines = ['[global]']
  if (existsSync(BUNDLE)) lines.push(`cert = ${BUNDLE}`)
  for (const name of PIP_SETTINGS) {
    const value = process.env[`PIP_${name}`]
    if (value) lines.push(`${name.toLowerCase().replaceAll('_', '-')} = ${value}`)
  }
  return `${lines.join('\n')}\n`
}

function mount(name: string, content: string, target: string): string {
  const folder = join(cacheFolder('images'), 'mounts')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, name)
  writeFileSync(file, content, { mode: 0o644 })
  return `${file}:${target}:ro`
}
