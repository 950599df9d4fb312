import { spawn } from 'node:child_process'
import { globSync, watch } from 'node:fs'
import { join } from 'node:path'
import { root, run } from './run.mjs'

const args = ['packages/server/bin/leadnest.mjs', 'start', ...process.argv.slice(2)]
let server = start()
let restarting = Promise.resolve()
let timer

for (const folder of globSync('packages/{*,plugins/*}/{src,assets,migrations}', { cwd: root })) {
  watch(join(root, folder), { recursive: true }, (_event, file) => {
    if (file && /\.test\./.test(file)) return
    clearTimeout(timer)
    timer = setTimeout(() => {
      restarting = restarting.then(restart)
    }, 100)
  })
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, async () => {
    await stop()
    process.exit(0)
  })
}

/** A build that fails leaves the running server as it was. */
async function restart() {
  const { ok } = await run('node', ['scripts/build.mjs', '--scripts-only'])
  if (!ok) return
  await stop()
  server = start()
}

function start() {
  return spawn(process.execPath, args, { cwd: root, stdio: 'inherit' })
}

function stop() {
  if (server.exitCode !== null || server.signalCode !== null) return
  return new Promise((resolve) => {
    server.once('exit', resolve)
    server.kill('SIGTERM')
  })
}
