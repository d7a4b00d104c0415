// Runs the real trainer as a pod would, and reads what it leaves.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Summary, TrainerConfig } from '../../operator/api/bundle.ts'
import { trainerEnv } from '../../operator/api/contract.ts'
import { ensureEnvironment } from '../run/pythonenvironment.ts'

const FOLDER = join(import.meta.dirname, '../../images/trainer')

export interface TrainerRun {
  code: number | null
  summary: Summary
  output: string
}

/** The folder stands for the volume of the Job: a second pod finds what the first one left. */
export const trainerFolder = (): { path: string; remove: () => void } => {
  const path = mkdtempSync(join(tmpdir(), 'tidegate-run-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

export const train = async (folder: string, config: TrainerConfig, jobUid: string): Promise<TrainerRun> => {
  const python = await ensureEnvironment(text => console.log(text))
  const [file, last] = [join(folder, 'config.json'), join(folder, 'last-words')]
  writeFileSync(file, JSON.stringify(config))
  const args = ['-m', 'trainer', '--config', file, '--artifacts', folder, '--termination-log', last, '--progress-port', '0']
  const env = { ...process.env, [trainerEnv.jobUid]: jobUid, [trainerEnv.threads]: '1' }
  const child = spawn(python, args, { cwd: FOLDER, env, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', text => (output += text))
  const code = await new Promise<number | null>(resolve => child.once('close', resolve))
  return { code, output, summary: JSON.parse(readFileSync(last, 'utf8')) as Summary }
}
