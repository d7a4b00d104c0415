// Set-up of the unit tests: gives every property test the seed of a campaign's round; without one, each run chooses its own and prints it on failure.

const seed = process.env['TIDEGATE_SEED']
if (seed) {
  const { default: fastCheck } = await import('fast-check')
  fastCheck.configureGlobal({ seed: Number(seed) })
}
