import type { Core } from '../core.ts'
import { readCursor, toPage, writeCursor } from '../cursor.ts'
import { LeadNestError } from '../errors.ts'
import type { By } from '../events/event.ts'
import { eventsBetween, eventsById } from '../events/find-events.ts'
import { OwnEvent } from '../events/own-event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { trackEvent } from '../events/track-event.ts'
import { exportPowersOf } from '../exports/export-powers-of.ts'
import { listFields } from '../fields/fields.ts'
import { findForm, listForms } from '../forms/find-form.ts'
import { importPowersOf } from '../imports/import-powers-of.ts'
import { addJob } from '../jobs/add-job.ts'
import { createLead } from '../leads/create-lead.ts'
import { getLead, getLeads } from '../leads/find-leads.ts'
import { LeadInput, LeadPatch, LeadQuery } from '../leads/lead.ts'
import { listLeads } from '../leads/list-leads.ts'
import { selectLeads } from '../leads/select-leads.ts'
import { updateLead } from '../leads/update-lead.ts'
import { listMembers } from '../members/list-members.ts'
import { NoteInput } from '../notes/note.ts'
import { addNote } from '../notes/notes.ts'
import type { Outbound, OutboundInit } from '../outbound/outbound.ts'
import { parse } from '../parse.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { Keyring } from '../secrets.ts'
import { listSegments } from '../segments/segments.ts'
import { TagChange } from '../tags/tag.ts'
import { tagLead } from '../tags/tag-lead.ts'
import type { Plugin } from './define-plugin.ts'
import { messagePowers } from './message-powers.ts'
import type { Capability, PluginContext, PluginJobOptions } from './plugin-context.ts'
import { jobTask } from './plugin-jobs.ts'
import { submissionPowers } from './submission-powers.ts'
import { currentLimit } from './time-limit.ts'

export const byPlugin = ({ id, name }: Plugin): By => ({ actor: { type: 'plugin', id, name }, source: 'plugin' })

/** The powers of a plugin in a workspace, limited to what it declares. It acts in its own name, or in that of somebody who asked it to. */
export function powersOf(
  core: Core,
  workspaceId: string,
  plugin: Plugin,
  settings: unknown,
  by = byPlugin(plugin),
  given: readonly string[] = [],
): PluginContext {
  const may = (capability: Capability, what: string) => {
    if (!plugin.capabilities?.includes(capability)) throw missing(plugin, capability, what)
  }
  return {
    workspaceId,
    baseUrl: core.publicBaseUrl,
    settings,
    given,
    fetch: reach(core, plugin),
    ...messagePowers(core, workspaceId, plugin, by),
    jobs: {
      add: (name, payload, options) =>
        core.inWorkspace(workspaceId, (tx) => addPluginJob(tx, workspaceId, plugin, name, payload, options)),
    },
    events: {
      async many(ids) {
        may('events:read', 'read events')
        return eventsById(core, workspaceId, ids)
      },
      async list(query) {
        may('events:read', 'read events')
        return eventsBetween(core, workspaceId, query)
      },
    },
    forms: {
      async get(name) {
        may('forms:read', 'read forms')
        return orNull(findForm(core, name, workspaceId).then(({ form }) => form))
      },
      async list() {
        may('forms:read', 'read forms')
        return listForms(core, workspaceId)
      },
    },
    submissions: submissionPowers(core, workspaceId, plugin.id, by, () => may('submissions:write', 'send forms')),
    members: {
      async list() {
        may('members:read', 'read members')
        return listMembers(core, workspaceId, { active: true })
      },
    },
    secrets: sealFor(core.keyring, workspaceId, plugin),
    db: {
      async query(statement) {
        may('tables', 'use tables')
        return core.inWorkspace(workspaceId, (tx) => tx.query(statement))
      },
      async transaction(work) {
        may('tables', 'use tables')
        return core.inWorkspace(workspaceId, (tx) => {
          const query = <Row>(statement: Sql) => tx.query<Row>(statement)
          return work(query, {
            query,
            addJob: (name, payload, options) => addPluginJob(tx, workspaceId, plugin, name, payload, options),
            record: (what, data = {}) => recordTold(core, tx, workspaceId, plugin, by, { ...data, what }),
          })
        })
      },
    },
    async page(list, { limit, cursor }, read) {
      const name = `${workspaceId} plugin ${plugin.id} ${list}`
      const after = cursor === undefined ? null : readCursor(core.keyring, name, cursor)[1]
      return toPage(await read(after, limit + 1), limit, ({ id }) => writeCursor(core.keyring, name, ['', id]))
    },
    refresh: () =>
      core.inWorkspace(workspaceId, async (tx) => {
        await tx.query(sql`select pg_notify('leadnest_feed', ${JSON.stringify({ workspaceId, type: 'plugin' })})`)
      }),
    exports: exportPowersOf(core, workspaceId, () => may('exports', 'export leads')),
    imports: importPowersOf(core, workspaceId, () => may('imports', 'import leads')),
    now: () => core.now(),
    log: {
      info: (message) => core.log.info({ plugin: plugin.id, workspaceId }, message),
      warn: (message) => core.log.warn({ plugin: plugin.id, workspaceId }, message),
    },
    leads: {
      async get(id) {
        may('leads:read', 'read leads')
        return orNull(getLead(core, workspaceId, id))
      },
      async many(ids, { filter } = {}) {
        may('leads:read', 'read leads')
        return getLeads(core, workspaceId, ids, filter)
      },
      async checkFilter(filter) {
        may('leads:read', 'read leads')
        await selectLeads(core, workspaceId, { filter })
      },
      async list({ limit = 50, ...query } = {}) {
        may('leads:read', 'read leads')
        return listLeads(core, workspaceId, parse(LeadQuery, { ...query, limit: String(limit) }))
      },
      async segments() {
        may('leads:read', 'read leads')
        return listSegments(core, workspaceId)
      },
      async fields() {
        may('leads:read', 'read leads')
        return (await listFields(core, workspaceId)).filter(({ archivedAt }) => archivedAt === null)
      },
      async create(input) {
        may('leads:write', 'write leads')
        return (await createLead(core, workspaceId, parse(LeadInput, input), by)).result
      },
      async update(id, patch) {
        may('leads:write', 'write leads')
        return updateLead(core, workspaceId, id, parse(LeadPatch, patch), by)
      },
      async tag(id, { add = [], remove = [] }) {
        may('leads:write', 'write leads')
        await tagLead(core, workspaceId, id, parse(TagChange, { add, remove }), by)
      },
      async note(id, body) {
        may('leads:write', 'write leads')
        return addNote(core, workspaceId, id, parse(NoteInput, { body }), by)
      },
      async track(id, event) {
        may('leads:write', 'write leads')
        return trackEvent(core, workspaceId, id, parse(OwnEvent, event), by)
      },
    },
  }
}

/** Sends where the plugin says that it does, for no longer than the call may take. An address that is none is left to the outbound to refuse. */
function reach(core: Core, plugin: Plugin): Outbound {
  const mayReach = (address: string | URL) => {
    const { host, hostname } = URL.canParse(String(address)) ? new URL(address) : { host: '', hostname: '' }
    if (![host, hostname, '*'].some((name) => plugin.capabilities?.includes(`http:${name}`)))
      throw missing(plugin, `http:${host}`, `send to ${host}`)
  }
  const outboundTo = (address: string | URL) =>
    URL.canParse(String(address)) && plugin.origins?.includes(new URL(address).origin)
      ? core.ownOutbound
      : core.outbound
  return Object.assign(
    async (address: string | URL, init?: OutboundInit) => {
      mayReach(address)
      const signal = init?.signal ?? currentLimit()
      return outboundTo(address)(address, signal ? { ...init, signal } : init)
    },
    {
      async check(address: string | URL) {
        mayReach(address)
        const { check } = outboundTo(address)
        if (!check) throw new LeadNestError('address_refused', 'Nothing here can tell whether this address is public.')
        await check(address)
      },
    },
  )
}

async function addPluginJob(
  tx: Tx,
  workspaceId: string,
  plugin: Plugin,
  name: string,
  payload: object = {},
  { key, queue, ...options }: PluginJobOptions = {},
): Promise<void> {
  if (!plugin.jobs?.[name]) throw new Error(`The plugin ${plugin.id} has no job “${name}”.`)
  const own = queue && { queue: `${plugin.id} ${queue}` }
  await addJob(
    tx,
    jobTask(plugin.id, name),
    { workspaceId, payload, ...own },
    {
      ...options,
      // After what others wait for, however many there are.
      priority: 10,
      ...(key && { key: `${plugin.id} ${name} ${workspaceId} ${key}` }),
      ...own,
    },
  )
}

async function recordTold(core: Core, tx: Tx, workspaceId: string, { id, name }: Plugin, by: By, data: object) {
  const told = { pluginId: id, pluginName: name, ...data }
  await recordEvents(tx, workspaceId, [
    newEvent({ type: 'plugin.told', leadId: null, ...by, data: told, at: core.now() }),
  ])
}

function sealFor(keyring: Keyring, workspaceId: string, { id }: Plugin): PluginContext['secrets'] {
  const use = `plugin ${workspaceId} ${id}`
  return {
    seal: (text) => keyring.seal(use, text),
    open: (sealed) => keyring.open(use, sealed),
    isNewest: keyring.isNewest,
  }
}

/** Says who may not do what, and the line that lets them. */
export function missing({ id, capabilities = [] }: Plugin, capability: Capability, what: string): LeadNestError {
  const list = [...capabilities, capability].map((name) => `'${name}'`).join(', ')
  return new LeadNestError('capability_missing', `The plugin ${id} may not ${what}. Let it: capabilities: [${list}].`)
}

/** Null when the lead is gone since. */
export async function orNull<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found
  } catch (error) {
    if (error instanceof LeadNestError && error.code === 'not_found') return null
    throw error
  }
}
