import { newId } from '../id.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { DuplicateReason } from './duplicate.ts'

/** Two leads that may be one person, and why. */
export interface Pair {
  leadId: string
  otherId: string
  kind: DuplicateReason
}

/** A pair stands once, the older lead first, with all its reasons; one that was dismissed stays dismissed. */
export async function recordDuplicates(tx: Tx, workspaceId: string, pairs: Pair[], at: Date): Promise<void> {
  const reasons = new Map<string, Set<DuplicateReason>>()
  for (const { leadId, otherId, kind } of pairs) {
    const key = leadId < otherId ? `${leadId} ${otherId}` : `${otherId} ${leadId}`
    reasons.set(key, (reasons.get(key) ?? new Set()).add(kind))
  }
  const keys = [...reasons.keys()].sort()
  await tx.query(sql`
    insert into duplicates (workspace_id, id, lead_id, other_id, reasons, created_at)
    select ${workspaceId}::uuid, v.id, v.lead_id, v.other_id, string_to_array(v.reasons, ','), ${at}::timestamptz
    from unnest(
      ${keys.map(() => newId(at.getTime()))}::uuid[], ${keys.map((key) => key.split(' ')[0])}::uuid[],
      ${keys.map((key) => key.split(' ')[1])}::uuid[], ${keys.map((key) => [...reasons.get(key)!].join(','))}::text[]
    ) as v (id, lead_id, other_id, reasons)
    on conflict (workspace_id, lead_id, other_id) do update
      set reasons = array(select distinct reason from unnest(duplicates.reasons || excluded.reasons) as reason order by reason)
      where not duplicates.reasons @> excluded.reasons`)
}
