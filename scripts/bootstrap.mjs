// Makes a fresh clone ready: installs and builds what is missing or stale. Runs on any Node ≥ 18 with nothing installed.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isBuilt, isInstalled, stampInstall } from './stamps.mjs'

const cwd = fileURLToPath(new URL('..', import.meta.url))
const shell = process.platform === 'win32'

if (!isInstalled()) {
  console.log('Installing dependencies …')
  if (!install()) stop('LeadNest: the installation failed (see above). Check the network and try again.')
  stampInstall()
}

if (!process.argv.includes('--install-only') && !isBuilt()) {
  const node = join('node_modules', '.bin', 'node')
  const { status } = spawnSync(node, [join('scripts', 'build.mjs')], { cwd, shell, stdio: 'inherit' })
  if (status !== 0) stop('LeadNest: the build failed (see above). Run `npm run build` to try it again.')
}

/** `npm ci` refuses where a registry lacks optional binaries of other platforms; `npm install` leaves those out. */
function install() {
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--progress=false']
  const npm = (args, stdio) => spawnSync('npm', [...args, ...quiet], { cwd, shell, stdio }).status === 0
  const locked = existsSync(join(cwd, 'package-lock.json'))
  if (locked && npm(['ci'], ['ignore', 'inherit', 'ignore'])) return true
  return npm(locked ? ['install', '--no-save'] : ['install'], 'inherit')
}

function stop(message) {
  console.error(message)
  process.exit(1)
}
