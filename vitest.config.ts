import { existsSync } from 'node:fs'
import { configDefaults, defineConfig } from 'vitest/config'

const conditions = ['@leadnest/source']
const globalSetup = 'packages/core/src/testing/global-setup.ts'

/**
 * Not of every run: `npm run fault` has deadlines and takes minutes, `npm run runtimes` installs other runtimes. `npm run fuzz`
 * does some times what every run does.
 */
const modes: Record<string, string> = { fault: 'tests/fault/*.test.ts', runtimes: 'tests/runtimes/others.test.ts' }
const fuzz = {
  include: ['packages/server/src/fuzz.test.ts', 'packages/core/src/merges/merge.property.test.ts'],
  env: { LEADNEST_FUZZ_REQUESTS: '10000', LEADNEST_FUZZ_PAIRS: '1000' },
}

export default defineConfig(({ mode }) => ({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: modes[mode]
      ? [modes[mode]]
      : mode === 'fuzz'
        ? fuzz.include
        : ['*.test.ts', 'tests/**/*.test.ts', 'packages/**/src/**/*.test.{ts,tsx}', 'examples/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(modes[mode] ? [] : Object.values(modes))],
    env: mode === 'fuzz' ? fuzz.env : {},
    globalSetup: existsSync(globalSetup) ? [globalSetup] : [],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
}))
