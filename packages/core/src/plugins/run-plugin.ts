import { firstWorkspace } from '../accounts/workspaces.ts'
import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import type { By } from '../events/event.ts'
import { addJob, type JobOptions } from '../jobs/add-job.ts'
import { sql } from '../postgres/sql.ts'
import type { Plugin } from './define-plugin.ts'
import { givenTo } from './from-environment.ts'
import type { PluginContext } from './plugin-context.ts'
import { powersOf } from './powers.ts'
import { findPlugin, recentState, type State, settingsIn, unreadWords } from './states.ts'
import { underLimit } from './time-limit.ts'

/** After so many failures in a row a plugin rests, for so long in ms; then one try decides. */
const mostFailures = 5
const rest = 5 * 60_000
const healthPatience = 10_000

/** A plugin's powers in a workspace, and for how many ms it still rests: 0 where it works. */
export interface Turn {
  context: PluginContext
  restsFor: number
}

/** Undefined where a workspace has turned it off, or it needs settings. Throws `plugin_off` while its secrets cannot be read: jobs are tried again then. */
export async function turnOf(core: Core, workspaceId: string, plugin: Plugin, by?: By): Promise<Turn | undefined> {
  return turnIn(core, workspaceId, plugin, await recentState(core, workspaceId, plugin.id), by)
}

/** The same where nobody waits for it: unreadable secrets are as good as off. */
export const turnIfAny = (core: Core, workspaceId: string, plugin: Plugin): Promise<Turn | undefined> =>
  turnOf(core, workspaceId, plugin).catch((error: unknown) => {
    if (error instanceof LeadNestError && error.code === 'plugin_off') return undefined
    throw error
  })

/**
 * A turn for the installation and no workspace: in the first one, by what the operator gave. What that workspace filled in
 * stands over this nowhere; it can only turn the plugin off.
 */
export async function operatorTurn(core: Core, plugin: Plugin): Promise<(Turn & { workspaceId: string }) | undefined> {
  const workspaceId = await core.recent.get('first workspace', () => firstWorkspace(core))
  const all = Object.entries(givenTo(core, plugin))
  const values = Object.fromEntries(all.map(([key, { value }]) => [key, value]))
  const given = Object.fromEntries(all.map(([key, { name }]) => [key, name]))
  const state = { ...(await recentState(core, workspaceId, plugin.id)), values, given, unread: null }
  const turn = turnIn(core, workspaceId, plugin, state)
  return turn && { ...turn, workspaceId }
}

function turnIn(core: Core, workspaceId: string, plugin: Plugin, state: State, by?: By): Turn | undefined {
  if (!state.enabled) return undefined
  if (state.unread) throw new LeadNestError('plugin_off', unreadWords(plugin.id))
  const set = settingsIn(plugin, state)
  if (!set) return undefined
  const restsFor = state.restingUntil === null ? 0 : Date.parse(state.restingUntil) - core.now().getTime()
  const context = powersOf(core, workspaceId, plugin, set.settings, by, Object.keys(state.given))
  return { context, restsFor: Math.max(0, restsFor) }
}

/** The same where somebody asks for it. Throws `plugin_off`. */
export async function demandTurn(core: Core, workspaceId: string, plugin: Plugin, by: By): Promise<Turn> {
  const turn = await turnOf(core, workspaceId, plugin, by)
  if (turn) return turn
  throw new LeadNestError(
    'plugin_off',
    `The plugin ${plugin.name} is off in this workspace, or waits for its settings. See Settings → Plugins.`,
  )
}

/** A job of a plugin that rests, for when it works again: in its own queue, and no sooner than others. */
export function postpone(
  core: Core,
  workspaceId: string,
  { restsFor }: Pick<Turn, 'restsFor'>,
  {
    task,
    payload,
    key,
    ...kept
  }: { task: string; payload: object; key?: string | null } & Pick<JobOptions, 'queue' | 'priority'>,
): Promise<void> {
  const at = new Date(core.now().getTime() + restsFor)
  return core.inWorkspace(workspaceId, (tx) => addJob(tx, task, payload, { ...kept, at, ...(key && { key }) }))
}

type Work<T> = (signal: AbortSignal, goOn: () => void) => Promise<T> | T

/**
 * Lets a plugin work for `patience` ms at most, and keeps count: five failures in a row make it rest. Throws what it threw.
 */
export async function watched<T>(
  core: Core,
  workspaceId: string,
  plugin: Plugin,
  patience: number,
  work: Work<T>,
): Promise<T> {
  try {
    const result = await within(patience, plugin, work)
    await noteSuccess(core, workspaceId, plugin)
    return result
  } catch (error) {
    await noteFailure(core, workspaceId, plugin, error)
    throw error
  }
}

/**
 * Lets a plugin work for `patience` ms at most, from the beginning or the last `goOn`; what goes on after that is not waited for, and
 * what it sends then is ended.
 */
export async function within<T>(patience: number, { id }: Plugin, work: Work<T>): Promise<T> {
  const over = new AbortController()
  const { signal } = over
  let began = 0
  let limit: AbortSignal
  const begin = () => {
    began = performance.now()
    const own = AbortSignal.timeout(patience)
    limit = own
    own.addEventListener('abort', () => own === limit && over.abort(own.reason))
  }
  begin()
  // Not for each piece of a file.
  const goOn = () => void (performance.now() - began > 1000 && begin())
  // Not the signal itself: an answer that is handed on may be read after the work is done.
  const sending = new AbortController()
  let done = false
  const late = new Promise<never>((_, fail) => {
    signal.addEventListener('abort', () => {
      const error = new Error(`The plugin ${id} took more than ${patience / 1000} s.`)
      if (!done) sending.abort(error)
      fail(error)
    })
  })
  try {
    return await Promise.race([underLimit(sending.signal, async () => work(signal, goOn)), late])
  } finally {
    done = true
  }
}

async function noteSuccess(core: Core, workspaceId: string, { id }: Plugin): Promise<void> {
  if ((await recentState(core, workspaceId, id)).failures === 0) return
  await core.inWorkspace(workspaceId, (tx) =>
    tx.query(sql`
      update plugin_states set failures = 0, resting_until = null, last_error = null
      where workspace_id = ${workspaceId} and plugin_id = ${id}`),
  )
  core.recent.forget()
}

async function noteFailure(core: Core, workspaceId: string, { id }: Plugin, error: unknown): Promise<void> {
  const at = core.now()
  const text = (error instanceof Error ? error.message : String(error)).slice(0, 500)
  await core.inWorkspace(workspaceId, (tx) =>
    tx.query(sql`
      insert into plugin_states as known (workspace_id, plugin_id, failures, last_error, updated_at)
      values (${workspaceId}, ${id}, 1, ${text}, ${at})
      on conflict (workspace_id, plugin_id) do update set
        failures = known.failures + 1, last_error = excluded.last_error,
        resting_until = case when known.failures + 1 >= ${mostFailures} then ${new Date(at.getTime() + rest)}::timestamptz end`),
  )
  core.recent.forget()
}

/** Asks a plugin whether it reaches what it works with; `detail` says why not. Throws `not_found`. */
export async function checkPlugin(
  core: Core,
  workspaceId: string,
  id: string,
): Promise<{ ok: boolean; detail: string | null }> {
  const plugin = findPlugin(core, id)
  try {
    const turn = await turnOf(core, workspaceId, plugin)
    if (!turn) return { ok: false, detail: 'It is off, or needs settings.' }
    if (!plugin.health) return { ok: true, detail: 'It says nothing about its health.' }
    await within(healthPatience, plugin, () => plugin.health!(turn.context))
    return { ok: true, detail: null }
  } catch (error) {
    return { ok: false, detail: (error instanceof Error ? error.message : String(error)).slice(0, 500) }
  }
}
