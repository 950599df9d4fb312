import type { Capture } from '../leads/write-captures.ts'
import type { Judged } from '../leads/write-judged.ts'
import { type Sql, sql } from '../postgres/sql.ts'

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
      receipt_salt, created_at
    )
    select
      ${workspaceId}::uuid, v.id, v.form_id, v.form_version, v.lead_id, v.verdict,
      array(select jsonb_array_elements_text(v.reasons)), v.fields, v.attribution, v.consents, v.test, v.actor, v.source,
      v.receipt_salt, v.created_at
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
      ${captures.map(({ at }) => at)}::timestamptz[]
    ) as v (id, form_id, form_version, lead_id, verdict, reasons, fields, attribution, consents, test, actor, source, receipt_salt, created_at)`
}
