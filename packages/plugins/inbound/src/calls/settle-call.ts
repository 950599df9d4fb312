import { type JobContext, LeadNestError, type PluginContext, sql } from '@leadnest/core/plugin'
import { type Mapping, mapped } from '../payloads/mapping.ts'
import { readPayload } from '../payloads/read-payload.ts'
import { formOfSource } from '../sources/form-of-source.ts'
import type { Kind } from '../sources/source.ts'
import { addressesOf, endOf, isSamePhone } from './addresses.ts'
import type { CallStatus } from './call.ts'
import { fetchLead, MetaRefused } from './fetch-lead.ts'

interface Call {
  id: string
  sourceId: string
  delivery: string
  body: Record<string, unknown>
  kind: Kind
  formId: string
  mapping: Mapping
  secret: string
  accessToken: string | null
}

/**
 * Makes of a call what it becomes, once. What is refused is kept, with the reason, until somebody mends the mapping and replays it; what
 * fails otherwise is tried again.
 */
export async function settleCall(callId: string, context: JobContext): Promise<void> {
  const { workspaceId, db, refresh } = context
  const [call] = await db.query<Call>(sql`
    select c.id, c.source_id, c.delivery, c.body, s.kind, s.form_id, s.mapping, s.secret, s.access_token
    from plugin_inbound_calls c join plugin_inbound_sources s on s.workspace_id = c.workspace_id and s.id = c.source_id
    where c.workspace_id = ${workspaceId} and c.id = ${callId} and c.status = 'waiting'`)
  if (!call) return
  let { body } = call
  try {
    if (call.kind === 'meta') body = await withLead(context, call)
    const form = await formOfSource(context, call)
    const draft = mapped(form, call.mapping, readPayload(call.kind, body))
    const { id, leadId } = await context.submissions.create(form.id, draft, { key: call.id })
    await note(context, call, { status: 'accepted', error: null, leadId, submissionId: id })
  } catch (error) {
    const refused = error instanceof MetaRefused || (error instanceof LeadNestError && isRefusal(error))
    const said = wordsOf(error)
    const leadId = refused ? await whoIs(context, body) : null
    await note(context, call, { status: refused ? 'refused' : 'waiting', error: said, leadId, submissionId: null })
    if (!refused) throw error
  } finally {
    await refresh()
  }
}

/** The call with what Meta says about its lead, which is fetched once. */
async function withLead({ workspaceId, db, secrets, fetch, signal }: JobContext, call: Call) {
  if (call.body.lead) return call.body
  const [secret, accessToken] = [call.secret, call.accessToken ?? ''].map((sealed) => secrets.open(sealed))
  if (!secret || !accessToken) throw new MetaRefused('The page token cannot be opened any more. Give it again.')
  const body = { ...call.body, lead: await fetchLead({ fetch }, call.delivery, { accessToken, secret, signal }) }
  await db.query(sql`
    update plugin_inbound_calls set body = ${JSON.stringify(body)} where workspace_id = ${workspaceId} and id = ${call.id}`)
  return body
}

const isRefusal = ({ code }: LeadNestError) => ['invalid_input', 'unknown_reference', 'not_found'].includes(code)

function wordsOf(error: unknown): string {
  if (error instanceof LeadNestError && error.issues.length > 0)
    return error.issues
      .map(({ path, message }) => `${path}: ${message}`)
      .join(' ')
      .slice(0, 1000)
  return (error instanceof Error ? error.message : String(error)).slice(0, 1000)
}

/** How many addresses of a call are looked for. */
const mostAsked = 20

/** Whose call it is, where that can be said, so that it goes when they are erased. */
async function whoIs({ leads }: PluginContext, body: object): Promise<string | null> {
  const { emails, phones } = addressesOf(body)
  for (const email of emails.slice(0, mostAsked)) {
    const [lead] = (await leads.list({ email, limit: 1 })).data
    if (lead) return lead.id
  }
  for (const phone of phones.slice(0, mostAsked)) {
    const { data } = await leads.list({ filter: `phone ~ "${endOf(phone)}"`, limit: 100 })
    const lead = data.find((lead) => lead.phone && isSamePhone(lead.phone, phone))
    if (lead) return lead.id
  }
  return null
}

async function note(
  { workspaceId, db, now }: PluginContext,
  { id, sourceId }: Call,
  {
    status,
    error,
    leadId,
    submissionId,
  }: { status: CallStatus; error: string | null; leadId: string | null; submissionId: string | null },
): Promise<void> {
  await db.transaction(async (query) => {
    await query(sql`
      update plugin_inbound_calls set status = ${status}, error = ${error}, lead_id = coalesce(${leadId}, lead_id),
        submission_id = ${submissionId}, finished_at = ${status === 'waiting' ? null : now()}
      where workspace_id = ${workspaceId} and id = ${id} and status = 'waiting'`)
    await query(sql`
      update plugin_inbound_sources set last_error = ${error} where workspace_id = ${workspaceId} and id = ${sourceId}`)
  })
}
