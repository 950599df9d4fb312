import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'
import { inParallel, root, run } from './run.mjs'

const projects = globSync(['tsconfig.json', 'packages/{*,plugins/*}/tsconfig.json', 'examples/*/tsconfig.json'], {
  cwd: root,
}).filter((project) => project === 'tsconfig.json' || existsSync(join(root, project, '../src')))

let failed = false
await inParallel(2, projects, async (project) => {
  // What has not changed since the last check is not checked again.
  const remembered = join(root, 'node_modules/.cache/type-check', `${project.replaceAll('/', '-')}.tsbuildinfo`)
  const args = ['--incremental', '--tsBuildInfoFile', remembered, '--pretty', String(Boolean(process.stdout.isTTY))]
  const { ok, output } = await run('tsc', ['-p', project, ...args], { quiet: true })
  console.log(`${ok ? '✓' : '✗'} tsc -p ${project}${ok ? '' : `\n${output}`}`)
  if (!ok) failed = true
})
process.exit(failed ? 1 : 0)
