import { existsSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

const conditions = ['@leadnest/source']
const globalSetup = 'packages/core/src/testing/global-setup.ts'

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['*.test.ts', 'tests/**/*.test.ts', 'packages/**/src/**/*.test.{ts,tsx}', 'examples/**/*.test.ts'],
    globalSetup: existsSync(globalSetup) ? [globalSetup] : [],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
})
