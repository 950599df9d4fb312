import type { Actor, By, Source } from '../events/event.ts'
import type { Answers } from '../forms/check-fields.ts'
import { isId } from '../id.ts'
import type { Capture } from '../leads/write-captures.ts'
import type { Judged } from '../leads/write-judged.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { Attribution, SubmissionInput } from './submission.ts'
import type { Verdict } from './verdict.ts'

/** Returns the nonces that nobody had brought before. */
export const spendFormTokens = (workspaceId: string, nonces: string[], expiresAt: Date): Sql => sql`
  insert into used_form_tokens (workspace_id, nonce, expires_at)
  select ${workspaceId}::uuid, nonce, ${expiresAt}::timestamptz from unnest(${nonces}::uuid[]) as nonce
  on conflict do nothing
  returning nonce`

export const insertSubmissions = (
  workspaceId: string,
  judged: Judged[],
  leadOf: (capture: Capture) => string | null,
): Sql => {
  const captures = judged.map(({ capture }) => capture)
  const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value))
  // Arrays of arrays must be of one length in Postgres, so the reasons travel as jsonb.
  return sql`
    insert into submissions (
      workspace_id, id, form_id, form_version, lead_id, verdict, reasons, fields, attribution, consents, test, actor, source,
      receipt_salt, created_at, hooked, sender_email, sender_phone
    )
    select
      ${workspaceId}::uuid, v.id, v.form_id, v.form_version, v.lead_id, v.verdict,
      array(select jsonb_array_elements_text(v.reasons)), v.fields, v.attribution, v.consents, v.test, v.actor, v.source,
      v.receipt_salt, v.created_at, v.hooked, v.sender_email, v.sender_phone
    from unnest(
      ${captures.map(({ id }) => id)}::uuid[],
      ${captures.map(({ form }) => form.id)}::uuid[],
      ${captures.map(({ form }) => form.version)}::integer[],
      ${captures.map(leadOf)}::uuid[],
      ${judged.map(({ verdict }) => verdict.verdict)}::text[],
      ${judged.map(({ verdict }) => JSON.stringify(verdict.reasons))}::jsonb[],
      ${captures.map(({ answers }) => JSON.stringify(answers))}::jsonb[],
      ${captures.map(({ input }) => json(input.attribution))}::jsonb[],
      ${captures.map(({ input }) => json(input.consents))}::jsonb[],
      ${captures.map(({ input }) => input.test ?? false)}::boolean[],
      ${captures.map(({ actor }) => JSON.stringify(actor))}::jsonb[],
      ${captures.map(({ source }) => source)}::text[],
      ${captures.map(({ salt }) => salt)}::bytea[],
      ${captures.map(({ at }) => at)}::timestamptz[],
      ${captures.map(({ hooked }) => (hooked.length > 0 ? JSON.stringify(hooked) : null))}::jsonb[],
      ${captures.map((capture) => (leadOf(capture) ? null : capture.person.email))}::text[],
      ${captures.map((capture) => (leadOf(capture) ? null : capture.person.phone))}::text[]
    ) as v (
      id, form_id, form_version, lead_id, verdict, reasons, fields, attribution, consents, test, actor, source, receipt_salt,
      created_at, hooked, sender_email, sender_phone
    )`
}

/** A submission with what is needed to let it through. */
export interface StoredSubmission {
  id: string
  formId: string
  formVersion: number
  verdict: Verdict['verdict']
  fields: Answers
  attribution: Attribution | null
  consents: NonNullable<SubmissionInput['consents']> | null
  test: boolean
  actor: Actor
  source: Source
  receiptSalt: Buffer | null
  createdAt: string
}

/** Held against every other change until the end of the transaction, in the order of their ids; those that are there. */
export const lockSubmissions = (tx: Tx, workspaceId: string, ids: string[]): Promise<StoredSubmission[]> =>
  tx.query<StoredSubmission>(sql`
    select id, form_id, form_version, verdict, fields, attribution, consents, test, actor, source, receipt_salt, created_at
    from submissions
    where workspace_id = ${workspaceId} and erased_at is null and id = any(${ids.filter(isId)}::uuid[])
    order by id
    for update`)

/** Says which lead each became, and who let it through. Its reasons stay: they tell why it had waited. */
export const acceptSubmissions = (
  workspaceId: string,
  judged: Judged[],
  leadOf: (capture: Capture) => string | null,
  { by, at }: { by: By; at: Date },
): Sql => sql`
  update submissions s set
    verdict = 'accepted', lead_id = v.lead_id, released_at = ${at}, released_by = ${JSON.stringify(by.actor)}
  from unnest(
    ${judged.map(({ capture }) => capture.id)}::uuid[], ${judged.map(({ capture }) => leadOf(capture))}::uuid[]
  ) as v (id, lead_id)
  where s.workspace_id = ${workspaceId} and s.id = v.id and s.id = any(${judged.map(({ capture }) => capture.id)}::uuid[])`

export const spamSubmissions = (workspaceId: string, ids: string[]): Sql => sql`
  update submissions set verdict = 'spam', reasons = array_append(array_remove(reasons, 'marked_as_spam'), 'marked_as_spam')
  where workspace_id = ${workspaceId} and id = any(${ids}::uuid[])`
