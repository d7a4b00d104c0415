import { defineConfig } from 'vitest/config'
import { InOrder } from './test/e2e/inorder.ts'

/** One project per distance from the code: unit is next to it, the others need a real API server, a real process, a real cluster. */
export default defineConfig({
  test: {
    sequence: { sequencer: InOrder },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{operator,images,bench}/**/*.test.ts', 'test/*.test.ts', 'test/{chart,cluster,golden,run}/**/*.test.ts'],
          setupFiles: ['test/run/seed.ts'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 900_000,
        },
      },
      {
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 900_000,
        },
      },
      {
        test: {
          name: 'faults-long',
          include: ['test/faults/**/*.long.ts'],
          testTimeout: 1_200_000,
          hookTimeout: 900_000,
        },
      },
      {
        test: {
          name: 'conformance',
          include: ['test/conformance/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'tracking',
          include: ['test/tracking/**/*.test.ts'],
          testTimeout: 90_000,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/e2e/setup.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
