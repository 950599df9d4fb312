import type { PluginData, PluginPlan, ShadowOutcome, ShadowRun } from '@leadnest/core'

const titles: Record<string, string> = {
  hooks: 'hook',
  capabilities: 'capability',
  on: 'listens to',
  jobs: 'job',
  routes: 'route',
  api: 'API route',
  settings: 'setting',
  migrations: 'migration',
  panels: 'panel',
  pages: 'page',
  actions: 'action',
  fields: 'field type',
  channels: 'channel',
  importers: 'importer',
  exporters: 'exporter',
}

/** A plan as lines: what it makes of the database, what it gains (+) and loses (-), and who has to set something. */
export function tellPlan(plan: PluginPlan, problems: string[]): string {
  const { id, version, installed, database, gained, lost, workspaces } = plan
  const from = installed ? `installed: ${installed.version ?? 'no version'}` : 'not installed'
  const changes = (mark: string, parts: PluginPlan['gained']) =>
    Object.entries(parts)
      .filter(([key]) => key !== 'migrations')
      .flatMap(([key, names]) => names.map((name) => `  ${mark} ${(titles[key] ?? key).padEnd(12)} ${name}`))
  const lines = [
    ...database.migrations.map((name) => `  run ${'migration'.padEnd(10)} ${name}`),
    ...database.tables.map((name) => `  make ${'table'.padEnd(9)} ${name}`),
    ...(database.failure === null ? [] : [`  ! its migrations would fail: ${database.failure}`]),
    ...changes('+', gained),
    ...changes('-', lost),
    ...workspaces
      .filter(({ problems }) => problems.length > 0)
      .map(
        ({ workspaceId, problems }) =>
          `  ! waits for settings in the workspace ${workspaceId}: ${problems.map(({ setting }) => setting).join(', ')}`,
      ),
    ...problems.map((problem) => `  ! ${problem}`),
  ]
  return [
    `${id} ${version ?? ''} (${from})`.replace('  ', ' '),
    ...(lines.length > 0 ? lines : ['  Nothing would change.']),
  ].join('\n')
}

/** What is kept of a plugin, a line each. */
export function tellData({ tables, workspaces, names, jobs, migrations }: PluginData): string[] {
  const some = (count: number, one: string, many: string) =>
    count === 0 ? [] : [`${count} ${count === 1 ? one : many}`]
  return [
    ...tables.map(({ name, rows }) => `the table ${name}, ${rows} ${rows === 1 ? 'row' : 'rows'}`),
    ...some(workspaces, 'workspace has settings of it', 'workspaces have settings of it'),
    ...some(names, 'name of an account', 'names of accounts'),
    ...some(jobs, 'job that waits for it', 'jobs that wait for it'),
    ...some(migrations, 'migration that it made', 'migrations that it made'),
  ]
}

/** What a shadow run saw: each submission that came out otherwise, then what would have been done besides. */
export function tellShadow({ plugin, version, seen, differences, effects, took }: ShadowRun): string {
  const same = seen - differences.length
  const done = Map.groupBy(effects, ({ what }) => what)
  return [
    `${[plugin, ...(version === null ? [] : [version])].join(' ')}: ${seen} ${seen === 1 ? 'submission' : 'submissions'}, ${same} as then, ${differences.length} otherwise; ${took.median.toFixed(1)} ms each, ${took.slowest.toFixed(1)} ms at most`,
    ...differences.flatMap(({ submissionId, createdAt, then, now }) => [
      `  ${submissionId}  ${createdAt}`,
      `    then  ${tellOutcome(then)}`,
      `    now   ${tellOutcome(now)}`,
    ]),
    ...[...done].map(
      ([what, calls]) => `  would have called ${what} ${calls.length === 1 ? 'once' : `${calls.length} times`}`,
    ),
  ].join('\n')
}

function tellOutcome({ fields, held, rejected, failed }: ShadowOutcome): string {
  const changed = Object.entries(fields).map(([name, value]) => `${name} = ${JSON.stringify(value)}`)
  const said = [
    ...changed,
    ...(held === null ? [] : [`held: ${held}`]),
    ...rejected.map((why) => `refused: ${why}`),
    ...(failed === null ? [] : [`failed: ${failed}`]),
  ]
  return said.length > 0 ? said.join('; ') : 'nothing'
}
