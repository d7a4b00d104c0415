// Entry of `npm run bench -- NAME`: every folder beside this file that holds a bench.ts is a benchmark.
import { existsSync, globSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Benchmark } from './benchmark.ts'

const load = async (name: string): Promise<Benchmark> =>
  ((await import(join(import.meta.dirname, name, 'bench.ts'))) as { bench: Benchmark }).bench

const list = async (): Promise<void> => {
  console.log('npm run bench -- NAME [flags]\n')
  for (const path of globSync('*/bench.ts', { cwd: import.meta.dirname })) {
    const { measures, usage } = await load(dirname(path))
    console.log(`${dirname(path)}: ${measures}\n${usage}\n`)
  }
}

const [name, ...args] = process.argv.slice(2)
if (name === undefined || !existsSync(join(import.meta.dirname, name, 'bench.ts'))) {
  if (name !== undefined) console.error(`there is no benchmark ${name}`)
  await list()
  process.exitCode = name === undefined ? 0 : 2
} else {
  await (await load(name)).run(args)
}
