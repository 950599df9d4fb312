import { spawn } from 'node:child_process'
import { globSync, watch } from 'node:fs'
import { join } from 'node:path'
import { root, run } from './run.mjs'

/** Texts go to a Twilio in memory, with a page in the admin to play the other side; not where there is a real account. */
const simulatedTwilio = process.env.TWILIO_ACCOUNT_SID
  ? {}
  : {
      TWILIO_API_URL: 'simulator',
      TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000000',
      TWILIO_AUTH_TOKEN: 'the token of a simulated account',
      TWILIO_FROM: '+15005550006',
    }

// As `npm start` does.
const args = ['--max-semi-space-size=8', 'packages/server/bin/leadnest.mjs', 'start', ...process.argv.slice(2)]
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
  return spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...simulatedTwilio, ...process.env } })
}

function stop() {
  if (server.exitCode !== null || server.signalCode !== null) return
  return new Promise((resolve) => {
    server.once('exit', resolve)
    server.kill('SIGTERM')
  })
}
