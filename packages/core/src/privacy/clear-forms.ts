import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import { bySystem } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { listForms } from '../forms/find-form.ts'
import type { Form } from '../forms/form.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { eraseLead } from './erase-lead.ts'
import { forgetSubmissions } from './erase-next.ts'
import { acceptedPast, daysBefore, quietLeads, unkept } from './past-time.ts'

/** How many submissions one transaction erases. */
const batch = 1000

/** Erases what is past its time, by the rules of each form. One that was stopped goes on in the next night. */
export async function clearForms(core: Core, signal?: AbortSignal): Promise<void> {
  const workspaces = await core.outside((tx) =>
    tx.query<{ workspaceId: string }>(sql`select distinct workspace_id from directory`),
  )
  for (const { workspaceId } of workspaces) {
    try {
      await clearIn(core, workspaceId, signal)
    } catch (error) {
      core.log.warn({ err: error, workspaceId }, 'what is past its time could not all be erased')
    }
  }
}

async function clearIn(core: Core, workspaceId: string, signal: AbortSignal | undefined): Promise<void> {
  const forms = await listForms(core, workspaceId)
  for (const form of forms)
    for (const step of [clearUnkept('spam'), clearUnkept('held'), clearAccepted])
      if (!signal?.aborted) await step(core, workspaceId, form, signal)
  if (!signal?.aborted) await clearLeads(core, workspaceId, forms, signal)
}

type Clear = (core: Core, workspaceId: string, form: Form, signal: AbortSignal | undefined) => Promise<void>

/** One that is released in this moment is held by whoever does it, and left alone. */
const clearUnkept =
  (verdict: 'spam' | 'held'): Clear =>
  async (core, workspaceId, form, signal) => {
    const rows = unkept(workspaceId, form, verdict, core.now(), batch)
    let gone: number
    do {
      gone = await core.inWorkspace(workspaceId, async (tx) => {
        if (!rows) return 0
        const found = await tx.query<{ id: string }>(sql`${rows} for update skip locked`)
        return clear(
          core,
          tx,
          workspaceId,
          form,
          found.map(({ id }) => id),
          verdict,
        )
      })
    } while (gone === batch && !signal?.aborted)
  }

const clearAccepted: Clear = async (core, workspaceId, form, signal) => {
  const at = core.now()
  for await (const ids of acceptedPast(core, workspaceId, form, at)) {
    for (let start = 0; start < ids.length; start += batch)
      await core.inWorkspace(workspaceId, (tx) =>
        clear(core, tx, workspaceId, form, ids.slice(start, start + batch), 'submissions'),
      )
    if (signal?.aborted) return
  }
  const { submissionDays } = form.retention
  if (submissionDays === null) return
  await core.inWorkspace(workspaceId, (tx) =>
    tx.query(sql`
      update forms set cleared_until = greatest(cleared_until, ${daysBefore(at, submissionDays)}::timestamptz)
      where workspace_id = ${workspaceId} and id = ${form.id}`),
  )
}

async function clearLeads(core: Core, workspaceId: string, forms: Form[], signal: AbortSignal | undefined) {
  for await (const ids of quietLeads(core, workspaceId, forms, core.now()))
    for (const id of ids) {
      if (signal?.aborted) return
      await eraseQuiet(core, workspaceId, id)
    }
}

/** Somebody else may have erased or merged it in this moment. */
async function eraseQuiet(core: Core, workspaceId: string, id: string): Promise<void> {
  try {
    await eraseLead(core, workspaceId, id, { reason: 'retention' }, bySystem)
  } catch (error) {
    if (!(error instanceof LeadNestError) || !/^(not_found|lead_merged)$/.test(error.code)) throw error
  }
}

/** One event for each transaction, with how many there were. */
async function clear(core: Core, tx: Tx, workspaceId: string, { id, name }: Form, ids: string[], kind: string) {
  if (ids.length === 0) return 0
  await forgetSubmissions(core, tx, workspaceId, ids)
  const data = { formId: id, formName: name, cleared: { [kind]: ids.length } }
  await recordEvents(tx, workspaceId, [
    newEvent({ type: 'form.cleared', leadId: null, ...bySystem, data, at: core.now() }),
  ])
  return ids.length
}
