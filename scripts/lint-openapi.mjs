import { join } from 'node:path'
import { run } from './run.mjs'

/** With the plugins that come along: each package has one function, called like its folder. */
const print = `
  import { globSync, writeFileSync } from 'node:fs'
  import { openapi } from './packages/server/src/openapi/document.ts'
  const ids = globSync('packages/plugins/*/src/index.ts').map((file) => file.split(/[\\\\/]/)[2])
  const plugins = await Promise.all(ids.map(async (id) => (await import('@leadnest/plugin-' + id))[id]()))
  writeFileSync(process.argv[1], JSON.stringify(openapi({ publicBaseUrl: 'https://leads.test', plugins })))`

/** Whether redocly's recommended rules find nothing at all in /openapi.json, warnings included. */
export async function lintOpenapi(folder) {
  const file = join(folder, 'openapi.json')
  const printed = await run('node', ['--conditions', '@leadnest/source', '--input-type=module', '--eval', print, file])
  const { ok, output } = await run('redocly', ['lint', file, '--extends=recommended', '--format=stylish'], {
    quiet: true,
    variables: { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
  })
  const clean = printed.ok && ok && !/\d+ (?:warning|error)s?\b/.test(output)
  if (!clean) console.error(output)
  return clean
}
