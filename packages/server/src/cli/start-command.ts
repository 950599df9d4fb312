import { relative } from 'node:path'
import type { Command } from 'commander'
import { type Config, readConfig } from '../config.ts'
import { outliveForgottenPromises } from '../lost-connections.ts'
import { type Running, start } from '../start.ts'
import { createLog, loadPlugins, stopOnSignal } from './session.ts'

export function startCommand(program: Command): void {
  program
    .command('start')
    .description('run the server and the worker (one process)')
    .option('--no-worker', 'leave the jobs to `leadnest worker`')
    .option('--no-plugins', 'leave the jobs of plugins to `leadnest worker --plugins-only`')
    .action(async ({ worker, plugins }: { worker: boolean; plugins: boolean }) => {
      const config = readConfig()
      const log = createLog(config)
      outliveForgottenPromises(log)
      const starting = start({ config, log, plugins: await loadPlugins(), withWorker: worker, pluginJobs: plugins })
      // From the first moment on, so that a Ctrl-C during the start leaves no Postgres behind.
      stopOnSignal(async () => (await starting).stop(), log)
      const running = await starting
      if (config.production) log.info({ url: running.url, publicBaseUrl: running.publicBaseUrl }, 'LeadNest is ready')
      else console.log(welcome(running, config))
      if (config.production && running.setupLink)
        log.warn({ setupLink: running.setupLink }, 'nobody can sign in yet: open the link to make the owner')
    })
}

function welcome({ url, publicBaseUrl, setupLink, database }: Running, { dataDir }: Config): string {
  const { embedded } = database
  const moved = embedded && !embedded.postgresDir.startsWith(dataDir)
  const data = embedded ? nearest(embedded.postgresDir) : 'the Postgres of DATABASE_URL'
  return `
  LeadNest is ready.

  URL     ${url}
  Admin   ${setupLink ?? `${publicBaseUrl}/admin`}${setupLink ? '\n          (this link makes the owner, once)' : ''}
  Demo    ${publicBaseUrl}/demo
  Data    ${data}${embedded?.adopted ? ' (was already running)' : ''}${moved ? `\n          (Postgres runs as the user postgres, who cannot enter ${dataDir})` : ''}

  Stop with Ctrl-C.
`
}

/** The shorter of the two ways to write a path. */
function nearest(path: string): string {
  const near = relative(process.cwd(), path)
  return near.startsWith('..') ? path : near
}
