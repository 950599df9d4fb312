import {
  checkPlugin,
  createCore,
  createPool,
  firstWorkspace,
  isBoundByRowSecurity,
  listPlugins,
  migrations,
  type Plugin,
  type PluginView,
  pendingMigrations,
  pendingPluginMigrations,
} from '@leadnest/core'
import type { Command } from 'commander'
import { type Config, readVariable } from '../config.ts'
import type { Database } from '../database.ts'
import { loadPlugins, withDatabase } from './session.ts'

/** What was looked at: `wrong` keeps LeadNest from working, `note` keeps a part of it. */
interface Finding {
  standing: 'ok' | 'note' | 'wrong'
  about: string
  detail: string
}

export function doctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('say what works, and what to do where something does not')
    .action(() =>
      withDatabase(async (database, config) => {
        const findings = await examine(database, config, await loadPlugins())
        const width = Math.max(...findings.map(({ about }) => about.length))
        for (const { standing, about, detail } of findings)
          console.log(`${standing.padEnd(5)}  ${about.padEnd(width)}  ${detail}`)
        if (findings.some(({ standing }) => standing === 'wrong')) process.exitCode = 1
      }),
    )
}

async function examine(database: Database, config: Config, plugins: Plugin[]): Promise<Finding[]> {
  const pool = createPool(database.directUrl, { max: 1 })
  try {
    const [{ version }] = (await pool.query<{ version: string }>("select current_setting('server_version') as version"))
      .rows as [{ version: string }]
    const old = Number.parseInt(version, 10) < 15
    const findings: Finding[] = [
      {
        standing: old ? 'wrong' : 'ok',
        about: 'Database',
        detail: `Postgres ${version}${database.embedded ? ', embedded' : ''}${old ? '; LeadNest needs 15 or newer' : ''}`,
      },
    ]
    const pending = await pendingMigrations(pool)
    const ahead = pending.length > 0 ? [] : await pendingPluginMigrations(pool, plugins)
    const waiting = [...pending, ...ahead]
    findings.push({
      standing: waiting.length > 0 ? 'wrong' : 'ok',
      about: 'Migrations',
      detail:
        waiting.length > 0 ? `pending: ${waiting.join(', ')}. Run leadnest migrate.` : `${migrations().length} applied`,
    })
    if (waiting.length === 0) {
      const { rowCount } = await pool.query(
        "select 1 from worker_heartbeats where seen_at > now() - interval '30 seconds' limit 1",
      )
      findings.push(
        rowCount
          ? { standing: 'ok', about: 'Worker', detail: 'one is at work' }
          : {
              standing: 'note',
              about: 'Worker',
              detail: 'none is at work now. leadnest start runs one, or leadnest worker.',
            },
      )
    }
    findings.push({ standing: 'ok', about: 'Redis', detail: 'not needed; REDIS_URL is ignored' })
    return waiting.length > 0 ? findings : [...findings, ...(await examineWorkspace(database, config, plugins))]
  } finally {
    await pool.end()
  }
}

/** As the first workspace has it. */
async function examineWorkspace(database: Database, config: Config, plugins: Plugin[]): Promise<Finding[]> {
  const core = createCore({
    databaseUrl: database.url,
    secretKeys: config.secretKeys,
    publicBaseUrl: config.publicBaseUrl,
    outboundAllow: config.outboundAllow,
    environment: readVariable,
    plugins,
    poolSize: 2,
  })
  try {
    const workspaceId = await firstWorkspace(core)
    const bound = await isBoundByRowSecurity(core)
    const security: Finding = bound
      ? { standing: 'ok', about: 'Row security', detail: 'holds the role that LeadNest logs in as' }
      : {
          standing: 'wrong',
          about: 'Row security',
          detail: 'the role of DATABASE_URL is a superuser. Use another one.',
        }
    const views = await listPlugins(core, workspaceId)
    const asked = views.map(async (view): Promise<Finding> => {
      const about = `Plugin ${view.id}`
      if (!view.enabled) return { standing: 'note', about, detail: 'off in the first workspace' }
      if (view.needsSettings) return { standing: 'note', about, detail: missingIn(view) }
      const { ok, detail } = await checkPlugin(core, workspaceId, view.id)
      return { standing: ok ? 'ok' : 'note', about, detail: detail ?? 'reaches what it works with' }
    })
    return [security, ...(await Promise.all(asked))]
  } finally {
    await core.close()
  }
}

function missingIn({ settings }: PluginView): string {
  const missing = settings.filter(({ required, isSet }) => required && !isSet).map(({ title }) => title)
  return `needs settings: ${missing.join(', ') || 'see what is wrong with them'}. Settings → Plugins in the admin.`
}
