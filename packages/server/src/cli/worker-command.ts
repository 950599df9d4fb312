import { createCore, type WhosePlugins } from '@leadnest/core'
import type { Command } from 'commander'
import type { Logger } from 'pino'
import { type Config, ConfigError, readConfig, readVariable } from '../config.ts'
import { migrateDatabase, openDatabase } from '../database.ts'
import { startWorker } from '../jobs/worker.ts'
import { outliveForgottenPromises } from '../lost-connections.ts'
import { createLog, loadPlugins, stopOnSignal } from './session.ts'

export function workerCommand(program: Command): void {
  program
    .command('worker')
    .description('run only the jobs')
    .option('--plugins-only', 'only those of plugins, so that one that ends its process costs nothing else')
    .option('--no-plugins', 'all but those of plugins: leave them to `leadnest worker --plugins-only`')
    .action(async ({ pluginsOnly = false, plugins }: { pluginsOnly?: boolean; plugins: boolean }) => {
      if (pluginsOnly && !plugins)
        throw new ConfigError('--plugins-only and --no-plugins leave no job to run. Choose one.')
      const config = readConfig()
      const log = createLog(config)
      outliveForgottenPromises(log)
      const starting = runJobs(config, log, pluginsOnly ? 'only' : plugins ? 'all' : 'none')
      stopOnSignal(async () => (await starting)(), log)
      await starting
      log.info({}, 'the worker runs')
    })
}

/** Returns the way to stop. */
async function runJobs(config: Config, log: Logger, whose: WhosePlugins): Promise<() => Promise<void>> {
  const plugins = await loadPlugins()
  const database = await openDatabase(config)
  try {
    await migrateDatabase(database, config, plugins)
    const core = createCore({
      databaseUrl: database.url,
      secretKeys: config.secretKeys,
      plugins,
      publicBaseUrl: config.publicBaseUrl,
      poolSize: config.databasePoolSize,
      environment: readVariable,
      outboundAllow: config.outboundAllow,
      objects: config.objects,
      httpsOnly: config.production,
      log,
    })
    const worker = await startWorker(core, { databaseUrl: database.directUrl, log, plugins: whose })
    return async () => {
      await worker.stop()
      await core.close()
      await database.close()
    }
  } catch (error) {
    await database.close()
    throw error
  }
}
