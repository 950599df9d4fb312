import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import type { By } from '../events/event.ts'
import { OwnEvent } from '../events/own-event.ts'
import { trackEvent } from '../events/track-event.ts'
import { addJob } from '../jobs/add-job.ts'
import { createLead } from '../leads/create-lead.ts'
import { getLead } from '../leads/find-leads.ts'
import { LeadInput, LeadPatch, LeadQuery } from '../leads/lead.ts'
import { listLeads } from '../leads/list-leads.ts'
import { updateLead } from '../leads/update-lead.ts'
import { NoteInput } from '../notes/note.ts'
import { addNote } from '../notes/notes.ts'
import { parse } from '../parse.ts'
import { sql } from '../postgres/sql.ts'
import { TagChange } from '../tags/tag.ts'
import { tagLead } from '../tags/tag-lead.ts'
import type { Plugin } from './define-plugin.ts'
import type { Capability, PluginContext } from './plugin-context.ts'
import { jobTask } from './plugin-jobs.ts'

export const byPlugin = ({ id, name }: Plugin): By => ({ actor: { type: 'plugin', id, name }, source: 'plugin' })

/** The powers of a plugin in a workspace, limited to what it declares. It acts in its own name, or in that of somebody who asked it to. */
export function powersOf(
  core: Core,
  workspaceId: string,
  plugin: Plugin,
  settings: unknown,
  by = byPlugin(plugin),
): PluginContext {
  const may = (capability: Capability, what: string) => {
    if (!plugin.capabilities?.includes(capability)) throw missing(plugin, capability, what)
  }
  return {
    workspaceId,
    settings,
    async fetch(address, init) {
      const { host, hostname } = new URL(address)
      if (![host, hostname, '*'].some((name) => plugin.capabilities?.includes(`http:${name}`)))
        throw missing(plugin, `http:${host}`, `send to ${host}`)
      return core.outbound(address, init)
    },
    jobs: {
      async add(name, payload = {}, options = {}) {
        if (!plugin.jobs?.[name]) throw new Error(`The plugin ${plugin.id} has no job “${name}”.`)
        const key = options.key && `${plugin.id} ${name} ${workspaceId} ${options.key}`
        await core.inWorkspace(workspaceId, (tx) =>
          addJob(tx, jobTask(plugin.id, name), { workspaceId, payload }, { ...options, ...(key && { key }) }),
        )
      },
    },
    db: {
      async query(statement) {
        may('tables', 'use tables')
        return core.inWorkspace(workspaceId, (tx) => tx.query(statement))
      },
      async transaction(work) {
        may('tables', 'use tables')
        return core.inWorkspace(workspaceId, (tx) => work((statement) => tx.query(statement)))
      },
    },
    refresh: () =>
      core.inWorkspace(workspaceId, async (tx) => {
        await tx.query(sql`select pg_notify('leadnest_feed', ${JSON.stringify({ workspaceId, type: 'plugin' })})`)
      }),
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
      async list({ limit = 50, ...query } = {}) {
        may('leads:read', 'read leads')
        return listLeads(core, workspaceId, parse(LeadQuery, { ...query, limit: String(limit) }))
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
