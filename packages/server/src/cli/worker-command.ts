import { createCore } from '@leadnest/core'
import type { Command } from 'commander'
import { readConfig } from '../config.ts'
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
      const database = await openDatabase(config)
      await migrateDatabase(database)
      const core = createCore({
        databaseUrl: database.url,
        secretKeys: config.secretKeys,
        plugins: await loadPlugins(),
        poolSize: config.databasePoolSize,
        log,
      })
      const worker = await startWorker(core, { databaseUrl: database.directUrl, log })
      log.info({}, 'the worker runs')
      stopOnSignal(async () => {
        await worker.stop()
        await core.close()
        await database.close()
      }, log)
    })
}
