// The operator as its image holds it, in one file: started from its sources it costs four times the processor time.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../../cluster/command.ts'

const ROOT = join(import.meta.dirname, '../../..')
const DOCKERFILE = join(ROOT, 'images/operator/Dockerfile')

let made: Promise<string> | undefined

/** Path of the bundle, made at the first call of this process and removed at its end. */
export const operatorBundle = (): Promise<string> => {
  made ??= make()
  return made
}

const make = async (): Promise<string> => {
  sweep()
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const bundle = join(folder, 'main.mjs')
  await run(['sh', '-c', bundlingCommand(readFileSync(DOCKERFILE, 'utf8'), bundle)], { cwd: ROOT, purpose: 'bundling the operator' })
  return bundle
}

const PREFIX = 'tidegate-operator-'

/** A process that was killed could not remove its own. */
const sweep = (): void => {
  for (const name of readdirSync(tmpdir())) {
    const maker = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1]
    if (maker !== undefined && !existsSync(`/proc/${maker}`)) rmSync(join(tmpdir(), name), { recursive: true, force: true })
  }
}

/** The very command that the image is built with, so that what is tested is what is shipped. */
export const bundlingCommand = (dockerfile: string, bundle: string): string => {
  const joined = dockerfile.replaceAll(/\\\s*\n\s*/g, ' ')
  const command = /^RUN (\S*esbuild operator\/main\.ts .*)$/m.exec(joined)?.[1]
  if (command === undefined || !/ --outfile=\S+/.test(command))
    throw new Error(
      'images/operator/Dockerfile: no line "RUN … esbuild operator/main.ts … --outfile=…" was found; adapt bundlingCommand to it',
    )
  return `${command.replace(/ --outfile=\S+/, '')} --log-level=warning --outfile='${bundle}'`
}
