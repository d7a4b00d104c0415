// Makes one file of the command line and all that it imports, and says which files went into it.
import { build } from 'esbuild'

/** Some packages are written for require, which a module does not have by itself. */
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"

export const bundle = async (root: string, outfile: string): Promise<string[]> => {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['operator/cli/main.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    banner: { js: REQUIRE },
    metafile: true,
    logLevel: 'warning',
  })
  return Object.keys(metafile.inputs)
}
