import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkPackages } from './check-packages.mjs'
import { lintOpenapi } from './lint-openapi.mjs'
import { run } from './run.mjs'
import { isBuilt } from './stamps.mjs'

const filters = process.argv.slice(2)
const scratch = mkdtempSync(join(tmpdir(), 'leadnest-test-'))
const total = { passed: 0, failed: 0 }

try {
  const built = isBuilt() || (await run('node', ['scripts/build.mjs'])).ok
  if (filters.length === 0 || !built) await check('build', () => built)
  if (filters.length === 0) {
    await check('type check', async () => (await run('node', ['scripts/type-check.mjs'])).ok)
    await check('OpenAPI', () => lintOpenapi(scratch))
    await check('lint', async () => (await run('biome', ['check', '--error-on-warnings', '.'])).ok)
  }
  await vitest()
  if (filters.length === 0) {
    for (const { name, work } of await checkPackages(scratch)) await check(name, work)
  }
} catch (error) {
  console.error(error)
  total.failed++
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

const { passed, failed } = total
if (passed + failed === 0) console.error('No test ran.')
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0

async function check(name, work) {
  const ok = await work()
  console.log(`${ok ? '✓' : '✗'} ${name}`)
  ok ? total.passed++ : total.failed++
}

async function vitest() {
  const report = join(scratch, 'vitest.json')
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...filters]
  const { ok } = await run('vitest', args)

  const { numPassedTests, numFailedTests, testResults } = readReport(report)
  // A file that fails before its first test is counted by vitest as no test at all.
  const broken = testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length
  const failed = numFailedTests + broken
  total.passed += numPassedTests
  // Unhandled errors, a crash and "no test files found" show in the exit code alone.
  total.failed += !ok && failed === 0 ? 1 : failed
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return { numPassedTests: 0, numFailedTests: 1, testResults: [] }
  }
}
