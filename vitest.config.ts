import { existsSync } from 'node:fs'
import { configDefaults, defineConfig } from 'vitest/config'

const conditions = ['@leadnest/source']
const globalSetup = 'packages/core/src/testing/global-setup.ts'

/** `npm run fault` is the mode `fault`: tests of deadlines, that take a minute each. */
export default defineConfig(({ mode }) => ({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include:
      mode === 'fault'
        ? ['tests/fault/*.test.ts']
        : ['*.test.ts', 'tests/**/*.test.ts', 'packages/**/src/**/*.test.{ts,tsx}', 'examples/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(mode === 'fault' ? [] : ['tests/fault/**'])],
    globalSetup: existsSync(globalSetup) ? [globalSetup] : [],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
}))
