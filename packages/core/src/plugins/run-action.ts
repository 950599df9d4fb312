import * as v from 'valibot'
import type { Scope } from '../accounts/account.ts'
import { demand, type Principal } from '../accounts/principal.ts'
import type { Core } from '../core.ts'
import { invalid, LeadNestError } from '../errors.ts'
import type { By } from '../events/event.ts'
import { getLead } from '../leads/find-leads.ts'
import { parse } from '../parse.ts'
import { unknownReference } from '../pipelines/pipelines.ts'
import type { Action, ActionPlace, OfferedAction } from './action.ts'
import { askPlugin } from './ask-plugin.ts'
import type { Plugin } from './define-plugin.ts'
import { demandTurn, turnOf } from './run-plugin.ts'

/** How long an action on one lead may take, in ms. */
const patience = 10_000

/** Which action, by the plugin's id and its own name. */
export interface ActionName {
  plugin: string
  action: string
}

const scopeOf = ({ scope = 'leads:write' }: Action<unknown>): Scope => scope
const placesOf = ({ on = ['lead', 'selection'] }: Action<unknown>): ActionPlace[] => on

/** Throws `unknown_reference`, and `invalid_input` where it is not for this place. `at` is where the names stand. */
export function findAction(
  core: Core,
  { plugin: id, action: name }: ActionName,
  place: ActionPlace,
  at = '',
): { plugin: Plugin; action: Action<unknown> } {
  const plugin = core.plugins.find((plugin) => plugin.id === id)
  if (!plugin) throw unknownReference(`${at}plugin`, 'There is no such plugin.')
  const action = Object.hasOwn(plugin.actions ?? {}, name) ? plugin.actions![name] : undefined
  if (!action) throw unknownReference(`${at}action`, `The plugin ${plugin.name} has no such action.`)
  if (!placesOf(action).includes(place))
    throw invalid(`${at}action`, `This action is not for a ${place === 'lead' ? 'single lead' : 'selection'}.`)
  return { plugin, action }
}

/** The actions that this principal may do there, of plugins that are on. */
export async function actionsFor(core: Core, principal: Principal, place: ActionPlace): Promise<OfferedAction[]> {
  const offered = core.plugins.map(async (plugin) => {
    const theirs = Object.entries(plugin.actions ?? {}).filter(
      ([, action]) => placesOf(action).includes(place) && principal.scopes.includes(scopeOf(action)),
    )
    const works = theirs.length > 0 && (await turnOf(core, principal.workspaceId, plugin).catch(() => undefined))
    if (!works) return []
    return theirs.map(([action, { title, confirm = null, input = null }]) => ({
      ...{ plugin: plugin.id, pluginName: plugin.name, action, title, confirm, input },
    }))
  })
  return (await Promise.all(offered)).flat()
}

/**
 * Whether this may be done to a selection, and is filled in. Throws `unknown_reference`, `invalid_input`, `forbidden`,
 * `plugin_off`.
 */
export async function checkAction(
  core: Core,
  principal: Principal,
  { input, ...name }: ActionName & { input: Record<string, unknown> },
  by: By,
): Promise<void> {
  const { plugin, action } = findAction(core, name, 'selection', 'action.')
  demand(principal, scopeOf(action))
  readInput(action, { action: { input } }, (schema) => v.object({ action: v.object({ input: schema }) }))
  await demandTurn(core, principal.workspaceId, plugin, by)
}

/**
 * Does an action of a plugin to one lead, in the name of whoever asks, and returns what it says. Throws `unknown_reference`,
 * `forbidden`, `not_found`, `lead_merged`, `invalid_input`, `plugin_off`, what the plugin refuses, and `internal` where it fails.
 */
export async function runAction(
  core: Core,
  principal: Principal,
  leadId: string,
  { input = {}, idempotencyKey, ...name }: ActionName & { input?: Record<string, unknown>; idempotencyKey: string },
  by: By,
): Promise<{ message: string }> {
  const { plugin, action } = findAction(core, name, 'lead')
  demand(principal, scopeOf(action))
  return {
    message: await actOn(core, { plugin, action }, principal.workspaceId, leadId, { input, idempotencyKey, by }),
  }
}

/** The same without asking who may. */
export async function actOn(
  core: Core,
  { plugin, action }: { plugin: Plugin; action: Action<unknown> },
  workspaceId: string,
  leadId: string,
  { input: given, idempotencyKey, by }: { input: Record<string, unknown>; idempotencyKey: string; by: By },
): Promise<string> {
  const { input } = readInput(action, { input: given }, (schema) => v.object({ input: schema })) as { input: never }
  const lead = await getLead(core, workspaceId, leadId)
  if (lead.mergedInto)
    throw new LeadNestError('lead_merged', `This lead was merged into ${lead.mergedInto}. Use that one.`)
  const message = await askPlugin(core, plugin, { workspaceId, by, patience, what: 'do this' }, (context, signal) =>
    action.run({ lead, input, by, idempotencyKey: `${plugin.id}:${idempotencyKey}`, signal }, context),
  )
  return message === undefined ? `${action.title}: done.` : String(message).slice(0, 500)
}

function readInput(
  { input = v.strictObject({}) }: Action<unknown>,
  given: object,
  within: (schema: v.GenericSchema) => v.GenericSchema,
): unknown {
  return parse(within(input), given)
}
