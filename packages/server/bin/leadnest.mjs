#!/usr/bin/env node
import { existsSync } from 'node:fs'

const main = new URL('../dist/cli/main.js', import.meta.url)
if (existsSync(main)) {
  await import(main)
} else {
  console.error('LeadNest is not built yet: run `npm run build` in the repository, or `npm start`, which builds first.')
  process.exitCode = 1
}
