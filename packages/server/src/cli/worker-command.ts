import { createCore } from '@leadnest/core'
import type { Command } from 'commander'
import type { Logger } from 'pino'
import { type Config, readConfig } from '../config.ts'
import { migrateDatabase, openDatabase } from '../database.ts'
import { startWorker } from '../jobs/worker.ts'
import { createLog, loadPlugins, stopOnSignal } from './session.ts'

export function workerCommand(program: Command): void {
  program
    .command('worker')
    .description('run only the jobs')
    .action(async () => {
      const config = readConfig()
      const log = createLog(config)
      const starting = runJobs(config, log)
      stopOnSignal(async () => (await starting)(), log)
      await starting
      log.info({}, 'the worker runs')
    })
}

/** Returns the way to stop. */
async function runJobs(config: Config, log: Logger): Promise<() => Promise<void>> {
  const plugins = await loadPlugins()
  const database = await openDatabase(config)
  try {
    await migrateDatabase(database, config, plugins)
    const core = createCore({
      databaseUrl: database.url,
      secretKeys: config.secretKeys,
      plugins,
      poolSize: config.databasePoolSize,
      outboundAllow: config.outboundAllow,
      objects: config.objects,
      log,
    })
    const worker = await startWorker(core, { databaseUrl: database.directUrl, log })
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
