import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'

/** A person, as far as leads say who that is: the lead with those that were merged into it, and what they are or were known by. */
export interface Subject {
  workspaceId: string
  leadId: string
  /** Of the lead and of those that were merged into it. */
  ids: string[]
  known: Known
}

/** Addresses that nobody else has now. */
export interface Known {
  emails: string[]
  phones: string[]
}

/** What the person is known by, now and before: as the leads, their aliases, their changes, merges and consents say. */
export async function readKnown(tx: Tx, workspaceId: string, ids: string[]): Promise<Known> {
  const rows = await tx.query<{ kind: 'email' | 'phone'; value: string }>(sql`
    with told as (
      select email, phone from leads where workspace_id = ${workspaceId} and id = any(${ids}::uuid[])
      union all
      select case kind when 'email' then value end, case kind when 'phone' then value end
      from lead_aliases where workspace_id = ${workspaceId} and lead_id = any(${ids}::uuid[])
      union all
      select data #>> '{changes,email,0}', data #>> '{changes,phone,0}'
      from events where workspace_id = ${workspaceId} and lead_id = any(${ids}::uuid[]) and type = 'lead.updated'
      union all
      select survivor_before ->> 'email', survivor_before ->> 'phone'
      from merges where workspace_id = ${workspaceId} and survivor_id = any(${ids}::uuid[])
      union all
      select loser_before ->> 'email', loser_before ->> 'phone'
      from merges where workspace_id = ${workspaceId} and loser_id = any(${ids}::uuid[])
      union all
      select case when address like '%@%' then address end, case when address not like '%@%' then address end
      from (
        select payload::jsonb ->> 'address' as address
        from consents where workspace_id = ${workspaceId} and lead_id = any(${ids}::uuid[])
      ) consent
    )
    select 'email' as kind, value from (select distinct email as value from told) e
    where value is not null and not exists (
      select from leads where workspace_id = ${workspaceId} and email = value and id <> all(${ids}::uuid[])
    )
    union all
    select 'phone', value from (select distinct phone as value from told) p
    where value is not null and not exists (
      select from leads where workspace_id = ${workspaceId} and phone = value and id <> all(${ids}::uuid[])
    )`)
  const of = (kind: 'email' | 'phone') => rows.filter((row) => row.kind === kind).map(({ value }) => value)
  return { emails: of('email'), phones: of('phone') }
}

/**
 * What this person sent that made no lead (held, spam, tests), oldest first. A phone number says who it is only where
 * there is no e-mail, as everywhere.
 */
export async function findUnowned(tx: Tx, { workspaceId, known }: Subject, limit: number): Promise<string[]> {
  const { emails, phones } = known
  const rows = await tx.query<{ id: string }>(sql`
    select id from (
      select id from submissions where workspace_id = ${workspaceId} and sender_email = any(${emails}) and lead_id is null
      union all
      select id from submissions
      where workspace_id = ${workspaceId} and sender_phone = any(${phones}) and sender_email is null and lead_id is null
    ) s
    order by id limit ${limit}`)
  return rows.map(({ id }) => id)
}
