import { type Event, type HandlerContext, sql } from '@leadnest/core/plugin'
import { addressesOf, endOf, isSamePhone } from './addresses.ts'

/** What was refused of somebody before they were a lead, or had this address, is theirs from now on, so that it goes when they are erased. */
export async function ownCalls(_: Event, { workspaceId, db, lead }: HandlerContext): Promise<void> {
  const { email, phone } = lead ?? {}
  if (!lead || (!email && !phone)) return
  const calls = await db.query<{ id: string; body: object }>(sql`
    select id, body from plugin_inbound_calls
    where workspace_id = ${workspaceId} and lead_id is null and status = 'refused' and (
      strpos(lower(body::text), lower(${email ?? null}::text)) > 0
      or strpos(regexp_replace(body::text, '[^0-9]', '', 'g'), ${phone ? endOf(phone) : null}::text) > 0)`)
  const theirs = calls.filter(({ body }) => {
    const { emails, phones } = addressesOf(body)
    return (email && emails.includes(email.toLowerCase())) || (phone && phones.some((one) => isSamePhone(one, phone)))
  })
  if (theirs.length === 0) return
  await db.query(sql`
    update plugin_inbound_calls set lead_id = ${lead.id}
    where workspace_id = ${workspaceId} and lead_id is null and id = any(${theirs.map(({ id }) => id)}::uuid[])`)
}
