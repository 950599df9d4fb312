import { readdirSync, writeFileSync } from 'node:fs'
import { createPool, migrations, pendingMigrations, pendingPluginMigrations } from '@leadnest/core'
import type { Command } from 'commander'
import { ConfigError } from '../config.ts'
import { migrateDatabase } from '../database.ts'
import { loadPlugins, withDatabase } from './session.ts'

export function migrateCommand(program: Command): void {
  const migrate = program.command('migrate').description('bring the database up to date')

  migrate
    .command('up', { isDefault: true })
    .description('apply what is pending')
    .action(() =>
      withDatabase(async (database, config) => {
        const applied = await migrateDatabase(database, config, await loadPlugins())
        console.log(
          applied.length > 0 ? applied.map((name) => `applied ${name}`).join('\n') : 'The database is up to date.',
        )
      }),
    )

  migrate
    .command('status')
    .description('say what is applied and what is pending')
    .action(() =>
      withDatabase(async ({ directUrl }) => {
        const plugins = await loadPlugins()
        const pool = createPool(directUrl, { max: 1 })
        try {
          const pending = new Set(await pendingMigrations(pool))
          for (const { name } of migrations()) console.log(`${pending.has(name) ? 'pending' : 'applied'} ${name}`)
          const steps = plugins.flatMap(({ id, migrations = {} }) =>
            Object.keys(migrations).map((name) => `${id} ${name}`),
          )
          // Before the core's own are applied there is no table that says what plugins have done.
          const ahead = new Set(pending.size > 0 ? steps : await pendingPluginMigrations(pool, plugins))
          for (const step of steps) console.log(`${ahead.has(step) ? 'pending' : 'applied'} ${step}`)
        } finally {
          await pool.end()
        }
      }),
    )

  migrate
    .command('new <name>')
    .description('begin a migration of LeadNest itself (in a checkout)')
    .action((name: string) => {
      const folder = new URL('../../../core/migrations/', import.meta.url)
      if (!/^[a-z0-9_]+$/.test(name)) throw new ConfigError('The name of a migration has small letters, digits and _.')
      const last = readdirSync(folder).sort().at(-1) ?? '0000'
      const file = `${String(Number(last.slice(0, 4)) + 1).padStart(4, '0')}_${name}.sql`
      writeFileSync(new URL(file, folder), '-- Say what changes, and why.\n', { flag: 'wx' })
      console.log(`packages/core/migrations/${file}`)
    })
}
