// The definition of Argo CD's Application, out of Argo CD's own sources as the Go module proxy has them: nothing of it is compiled.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../../cluster/command.ts'

const MODULE = 'github.com/argoproj/argo-cd/v3@v3.5.7'
/** What the checksum database of Go says of it. */
const SUM = 'h1:Xm1BF+I5OgDKUG3SDK49vn2/Y5AMyaNVko+/JT08gj0='
const DEFINITION = 'manifests/crds/application-crd.yaml'

/** Its path on this machine, fetched when it is not there. */
export const applicationDefinition = async (): Promise<string> => {
  // Outside of any module, so that the many modules that it needs itself are left alone.
  const nowhere = mkdtempSync(join(tmpdir(), 'tidegate-argocd-'))
  try {
    const options = { cwd: nowhere, env: { ...process.env, GOFLAGS: '', GOWORK: 'off' }, purpose: `fetching ${MODULE}` }
    const found = JSON.parse(await run(['go', 'mod', 'download', '-json', MODULE], options)) as { Dir: string; Sum: string }
    if (found.Sum !== SUM) throw new Error(`${MODULE} has the sum ${found.Sum}, and ${SUM} is expected: do not use it before you know why`)
    return join(found.Dir, DEFINITION)
  } finally {
    rmSync(nowhere, { recursive: true, force: true })
  }
}
