// run.json of an import: where the bundle came from and when; no part of its digest.
import { join } from 'node:path'
import type { ImportConfig } from '../../../operator/api/importjob.ts'
import { write } from './save.ts'

export const noteRun = (draft: string, { digest, from }: ImportConfig): void => {
  const [kind] = Object.keys(from)
  write(join(draft, 'run.json'), `${JSON.stringify({ importedAt: new Date().toISOString(), from: kind, asked: digest }, null, 2)}\n`)
}
