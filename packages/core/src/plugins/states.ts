import * as v from 'valibot'
import { firstWorkspace } from '../accounts/workspaces.ts'
import type { Core } from '../core.ts'
import { LeadNestError, notFound } from '../errors.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { parse } from '../parse.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { Plugin } from './define-plugin.ts'
import { givenIn, givenTo } from './from-environment.ts'
import { partsOf } from './parts.ts'
import { wakeJobs } from './plugin-jobs.ts'
import type { PluginPatch, PluginView } from './plugin-view.ts'
import { fieldsOf, type SettingValue } from './setting.ts'

/** What a workspace says of a plugin. */
export interface State {
  enabled: boolean
  /** What it works with, secrets too. */
  values: Record<string, SettingValue>
  /** Of these, what the environment gives, and by which variable. */
  given: Record<string, string>
  failures: number
  restingUntil: string | null
  lastError: string | null
  /** Its secrets as they are sealed, where no key opens them: they are kept until they are set anew. */
  unread: string | null
}

const fresh: State = {
  enabled: true,
  values: {},
  given: {},
  failures: 0,
  restingUntil: null,
  lastError: null,
  unread: null,
}
const sealedFor = (workspaceId: string, pluginId: string) => `plugin settings ${workspaceId} ${pluginId}`

/** Throws `not_found` for one that the installation does not list. */
export function findPlugin(core: Core, id: string): Plugin {
  const plugin = core.plugins.find((plugin) => plugin.id === id)
  if (!plugin) throw notFound('plugin')
  return plugin
}

export async function readState(core: Core, tx: Tx, workspaceId: string, pluginId: string): Promise<State> {
  const plugin = core.plugins.find(({ id }) => id === pluginId)
  const [state, given] = await Promise.all([
    readStored(core, tx, workspaceId, pluginId),
    plugin ? givenIn(core, tx, workspaceId, plugin) : {},
  ])
  return withGiven(state, given)
}

export const unreadWords = (pluginId: string) =>
  `The secrets of the plugin ${pluginId} were sealed by a key that is not in LEADNEST_SECRET_KEY any more. Add that key at the end of the list, or fill in the secrets again.`

/** What somebody filled in stands over what the environment says. */
function withGiven(state: State, all: Awaited<ReturnType<typeof givenIn>>): State {
  const given = Object.entries(all).filter(([key]) => !(key in state.values))
  return {
    ...state,
    values: { ...Object.fromEntries(given.map(([key, { value }]) => [key, value])), ...state.values },
    given: Object.fromEntries(given.map(([key, { name }]) => [key, name])),
  }
}

async function readStored(core: Core, tx: Tx, workspaceId: string, pluginId: string): Promise<State> {
  const [row] = await tx.query<
    Omit<State, 'values' | 'given' | 'unread'> & { settings: State['values']; secrets: string | null }
  >(sql`
    select enabled, settings, secrets, failures, resting_until, last_error from plugin_states
    where workspace_id = ${workspaceId} and plugin_id = ${pluginId}`)
  if (!row) return fresh
  const { settings, secrets, ...state } = row
  const opened = secrets && core.keyring.open(sealedFor(workspaceId, pluginId), secrets)
  const unread = secrets && !opened ? secrets : null
  return { ...fresh, ...state, unread, values: { ...settings, ...(opened && (JSON.parse(opened) as State['values'])) } }
}

/** Seals the secrets of plugins by the newest key, so that older ones can leave the list. */
export async function keepPluginSecrets(core: Core, workspaceId: string): Promise<void> {
  await core.inWorkspace(workspaceId, async (tx) => {
    const rows = await tx.query<{ pluginId: string; secrets: string }>(sql`
      select plugin_id, secrets from plugin_states where workspace_id = ${workspaceId} and secrets is not null`)
    for (const { pluginId, secrets } of rows.filter(({ secrets }) => !core.keyring.isNewest(secrets))) {
      const use = sealedFor(workspaceId, pluginId)
      const opened = core.keyring.open(use, secrets)
      if (opened === undefined)
        core.log.warn({ plugin: pluginId, workspaceId }, 'its secrets were sealed by a key that is gone')
      else
        await tx.query(sql`
          update plugin_states set secrets = ${core.keyring.seal(use, opened)}
          where workspace_id = ${workspaceId} and plugin_id = ${pluginId} and secrets = ${secrets}`)
    }
  })
}

/** May be a second old. */
export const recentState = (core: Core, workspaceId: string, pluginId: string): Promise<State> =>
  core.recent.get(`plugin ${workspaceId} ${pluginId}`, () =>
    core.inWorkspace(workspaceId, (tx) => readState(core, tx, workspaceId, pluginId)),
  )

/** The settings as the plugin's schema gives them; undefined while something is missing, or cannot be read. */
export function settingsIn(
  plugin: Plugin,
  { values, unread }: Pick<State, 'values' | 'unread'>,
): { settings: unknown } | undefined {
  if (unread) return undefined
  if (!plugin.settings) return { settings: {} }
  const parsed = v.safeParse(plugin.settings, values)
  return parsed.success ? { settings: parsed.output } : undefined
}

export async function listPlugins(core: Core, workspaceId: string): Promise<PluginView[]> {
  return core.inWorkspace(workspaceId, async (tx) =>
    Promise.all(core.plugins.map(async (plugin) => view(plugin, await readState(core, tx, workspaceId, plugin.id)))),
  )
}

/** Throws `not_found`. */
export async function getPlugin(core: Core, workspaceId: string, id: string): Promise<PluginView> {
  const plugin = findPlugin(core, id)
  return view(plugin, await core.inWorkspace(workspaceId, (tx) => readState(core, tx, workspaceId, id)))
}

/**
 * Turns a plugin on or off in a workspace, and changes the settings that are named; `null` clears one. Settings that its
 * schema refuses are not saved. Turning it on, and new settings, end its rest. Throws `not_found`, `invalid_input`.
 */
export async function updatePlugin(
  core: Core,
  workspaceId: string,
  id: string,
  { enabled, settings = {} }: PluginPatch,
  by: By,
): Promise<PluginView> {
  const plugin = findPlugin(core, id)
  const fields = plugin.settings ? fieldsOf(id, plugin.settings) : []
  const unknown = Object.keys(settings).filter((key) => !fields.some((field) => field.key === key))
  if (unknown.length > 0)
    throw new LeadNestError('invalid_input', 'Some of this does not look right.', {
      issues: unknown.map((key) => ({ path: `settings.${key}`, message: 'This plugin has no such setting.' })),
    })
  const at = core.now()
  const first = await firstNamed(core, plugin)
  const taken = first && first.workspaceId !== workspaceId ? first.names : []
  const after = await core.inWorkspace(workspaceId, async (tx) => {
    await tx.query(sql`
      insert into plugin_states (workspace_id, plugin_id, updated_at) values (${workspaceId}, ${id}, ${at})
      on conflict (workspace_id, plugin_id) do update set updated_at = excluded.updated_at`)
    const before = await readStored(core, tx, workspaceId, id)
    const given = await givenIn(core, tx, workspaceId, plugin)
    const named = Object.entries({ ...before.values, ...settings }).filter(([, value]) => value !== null)
    const secret = new Set(fields.filter((field) => field.secret).map(({ key }) => key))
    // Nobody who turns it off, or changes what is no secret, writes over what another key can still open.
    const unread = Object.keys(settings).some((key) => secret.has(key)) ? null : before.unread
    const after = withGiven(
      { ...fresh, enabled: enabled ?? before.enabled, values: Object.fromEntries(named) as State['values'], unread },
      given,
    )
    if (plugin.settings && Object.keys(settings).length > 0)
      parse(v.object({ settings: plugin.settings }), { settings: after.values })
    const part = (which: boolean) => Object.fromEntries(named.filter(([key]) => secret.has(key) === which))
    await nameIn(tx, workspaceId, plugin, after, taken)
    const sealed = unread ?? core.keyring.seal(sealedFor(workspaceId, id), JSON.stringify(part(true)))
    await tx.query(sql`
      update plugin_states set enabled = ${after.enabled}, settings = ${JSON.stringify(part(false))}, secrets = ${sealed},
        failures = 0, resting_until = null, last_error = null
      where workspace_id = ${workspaceId} and plugin_id = ${id}`)
    if (after.enabled) await wakeJobs(tx, workspaceId, id, at)
    // Values may be secret, so only names are told.
    const data = { pluginId: id, pluginName: plugin.name, enabled: after.enabled, settings: Object.keys(settings) }
    await recordEvents(tx, workspaceId, [newEvent({ type: 'plugin.updated', leadId: null, ...by, data, at })])
    return after
  })
  core.recent.forget()
  return view(plugin, after)
}

const nameKind = (pluginId: string) => `plugin:${pluginId}`

/**
 * Lets routes find the workspace by what its settings say. Throws `name_taken` where another workspace says the same;
 * `taken` are those that the environment gives another one.
 */
async function nameIn(tx: Tx, workspaceId: string, plugin: Plugin, state: State, taken: string[]): Promise<void> {
  const set = settingsIn(plugin, state)
  if (!plugin.names || !set) return
  const kind = nameKind(plugin.id)
  const names = [...new Set(plugin.names(set.settings))]
  await tx.query(sql`delete from directory where kind = ${kind} and workspace_id = ${workspaceId}`)
  const stored = await tx.query(sql`
    insert into directory (kind, name, workspace_id) select ${kind}, name, ${workspaceId} from unnest(${names}::text[]) as name
    on conflict do nothing returning name`)
  if (stored.length < names.length || names.some((name) => taken.includes(name)))
    throw new LeadNestError('name_taken', 'Another workspace of this installation uses the same account.')
}

/** The workspace whose settings have this name. What the environment says goes before what a workspace claimed. */
export async function workspaceNamed(core: Core, plugin: Plugin, name: string): Promise<string | undefined> {
  const first = await firstNamed(core, plugin)
  if (first?.names.includes(name)) return first.workspaceId
  const [entry] = await core.outside((tx) =>
    tx.query<{ workspaceId: string }>(
      sql`select workspace_id from directory where kind = ${nameKind(plugin.id)} and name = ${name}`,
    ),
  )
  return entry?.workspaceId
}

/** The workspaces that have names for it: at most two are told apart from many. */
export async function workspacesWithNames(core: Core, plugin: Plugin): Promise<string[]> {
  const [stored, first] = await Promise.all([
    core.outside((tx) =>
      tx.query<{ workspaceId: string }>(
        sql`select distinct workspace_id from directory where kind = ${nameKind(plugin.id)} limit 2`,
      ),
    ),
    firstNamed(core, plugin),
  ])
  return [...new Set([...stored.map(({ workspaceId }) => workspaceId), ...(first ? [first.workspaceId] : [])])]
}

/** What the environment gives is in no directory: nobody has saved it. */
async function firstNamed(core: Core, plugin: Plugin): Promise<{ workspaceId: string; names: string[] } | undefined> {
  if (!plugin.names || Object.keys(givenTo(core, plugin)).length === 0) return undefined
  const workspaceId = await core.recent.get('first workspace', () => firstWorkspace(core))
  const set = settingsIn(plugin, await recentState(core, workspaceId, plugin.id))
  const names = set && plugin.names(set.settings)
  return names?.length ? { workspaceId, names } : undefined
}

function view(plugin: Plugin, state: State): PluginView {
  const { id, name, version = null, capabilities = [] } = plugin
  const fields = plugin.settings ? fieldsOf(id, plugin.settings) : []
  return {
    id,
    name,
    version,
    capabilities,
    listensTo: [...Object.keys(plugin.on ?? {}), ...(plugin.onEvents ? ['*'] : [])],
    adds: addedBy(plugin),
    enabled: state.enabled,
    needsSettings: settingsIn(plugin, state) === undefined,
    failures: state.failures,
    restingUntil: state.restingUntil,
    lastError: state.unread ? unreadWords(id) : state.lastError,
    settings: fields.map(({ fallback, env: _, ...field }) => {
      const value = state.values[field.key] ?? null
      const environment = state.given[field.key] ?? null
      return { ...field, isSet: value !== null, environment, value: field.secret ? null : (value ?? fallback) }
    }),
  }
}

/** What is told elsewhere of it is left out. */
function addedBy(plugin: Plugin): PluginView['adds'] {
  const {
    settings: _settings,
    capabilities: _capabilities,
    on: _on,
    migrations: _migrations,
    ...parts
  } = partsOf(plugin)
  return Object.fromEntries(
    Object.entries({ ...parts, tables: tablesOf(plugin) }).filter(([, names]) => names.length > 0),
  )
}

/** Its migrations by what they make: an admin knows tables, not steps. */
const tablesOf = ({ migrations = {} }: Plugin): string[] =>
  Object.values(migrations).flatMap((text) =>
    [...text.matchAll(/create table (?:if not exists )?(\w+)/gi)].map(([, name]) => name!),
  )
