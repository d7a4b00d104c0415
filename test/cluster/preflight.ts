// Says what this machine lacks, and on Debian as root installs it.
import { accessSync, constants, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Say } from './binaries.ts'
import { attempt, run } from './command.ts'

/** What is to be done: a bare control plane needs no root and little else. */
export type Purpose = 'controlplane' | 'cluster'

type Need = { what: string; package: string; present: () => boolean }

const GO = [1, 26] as const
const NODE = [20] as const
const PYTHON = [3, 11] as const

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'

const FOR_CONTROL_PLANE: readonly Need[] = [program('openssl')]
const FOR_CLUSTER: readonly Need[] = [
  program('openssl'),
  program('containerd'),
  program('runc'),
  program('buildah'),
  program('mmdebstrap'),
  program('python3'),
  program('nft', 'nftables'),
  program('iptables'),
  program('conntrack'),
  program('ip', 'iproute2'),
  program('nsenter', 'util-linux'),
  { what: "the keys of Debian's archive", package: 'debian-archive-keyring', present: () => existsSync(KEYRING) },
  { what: 'the network plugins in /usr/lib/cni', package: 'containernetworking-plugins', present: () => existsSync('/usr/lib/cni/ptp') },
]

/** Makes the machine ready, or throws with one sentence for each thing that a person has to do. */
export async function preflight(purpose: Purpose, say: Say): Promise<void> {
  const needs = purpose === 'cluster' ? FOR_CLUSTER : FOR_CONTROL_PLANE
  const problems = purpose === 'cluster' ? machineProblems() : []
  const missing = needs.filter(need => !need.present())
  if (missing.length > 0 && problems.length === 0 && canInstall()) await install(missing, say)
  const still = needs.filter(need => !need.present())
  problems.push(...still.map(need => `${need.what} is missing: install the Debian package ${need.package}.`), ...(await versionProblems()))
  if (problems.length > 0) throw new Error(`this machine is not ready:\n${problems.map(one => `  - ${one}`).join('\n')}`)
}

function machineProblems(): string[] {
  const problems: string[] = []
  if (process.platform !== 'linux')
    problems.push(`The system is ${process.platform}, but the nodes of a cluster need Linux; use --context with a cluster elsewhere.`)
  if (process.getuid?.() !== 0) problems.push('Containers need root: run the command with sudo, or use --context with a cluster elsewhere.')
  return problems
}

async function versionProblems(): Promise<string[]> {
  const checks = [
    problem({ what: 'Go', least: GO, found: await firstLine(['go', 'version']), advice: 'install it from your distribution or go.dev' }),
    problem({ what: 'Node', least: NODE, found: process.version, advice: 'install a newer one' }),
    problem({
      what: 'Python',
      least: PYTHON,
      found: await firstLine(['python3', '--version']),
      advice: 'install the Debian package python3',
    }),
  ]
  return checks.filter(Boolean) as string[]
}

type Version = { what: string; least: readonly number[]; found: string; advice: string }

/** The sentence about a version that is too old or missing, if it is. */
export function problem({ what, least, found, advice }: Version): string | undefined {
  const wanted = least.join('.')
  const version = /(\d+)\.(\d+)/.exec(found)
  if (version === null) return `${what} ${wanted} or newer is missing: ${advice}.`
  const [major, minor] = [Number(version[1]), Number(version[2])]
  const [leastMajor = 0, leastMinor = 0] = least
  const isEnough = major > leastMajor || (major === leastMajor && minor >= leastMinor)
  return isEnough ? undefined : `${what} is ${version[0]}, but ${wanted} or newer is needed: ${advice}.`
}

async function firstLine(argv: readonly string[]): Promise<string> {
  const result = await attempt(argv).catch(() => undefined)
  return result?.code === 0 ? result.stdout.split('\n', 1).join('') : ''
}

function program(name: string, debian = name): Need {
  return {
    what: `the program ${name}`,
    package: debian,
    present: () => (process.env['PATH'] ?? '').split(delimiter).some(folder => isProgram(join(folder, name))),
  }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function canInstall(): boolean {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get')
}

async function install(missing: readonly Need[], say: Say): Promise<void> {
  const packages = missing.map(need => need.package)
  say(`installing the Debian packages ${packages.join(', ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = (...args: string[]) =>
    run(['apt-get', '-q', '-o', 'DPkg::Lock::Timeout=300', ...args], { env, purpose: `apt-get ${args[0]}` })
  await apt('update')
  await withoutServices(() => apt('install', '-y', '--no-install-recommends', ...packages))
}

const POLICY = '/usr/sbin/policy-rc.d'

// Debian starts a service when it installs one; we need the programs and not a second containerd.
async function withoutServices(work: () => Promise<unknown>): Promise<void> {
  const text = '#!/bin/sh\n# Written by a preflight for the time of one installation.\nexit 101\n'
  const ours = !existsSync(POLICY) || readFileSync(POLICY, 'utf8') === text
  if (ours) writeFileSync(POLICY, text, { mode: 0o755 })
  try {
    await work()
  } finally {
    if (ours) rmSync(POLICY, { force: true })
  }
}
