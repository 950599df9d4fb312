import type { Core } from '../core.ts'
import { getForm, listForms } from '../forms/find-form.ts'
import type { LeadCount } from '../leads/lead.ts'
import { sql } from '../postgres/sql.ts'
import type { ClearingPreview } from './clearing.ts'
import { acceptedPast, quietLeads, type Ruled, unkept } from './past-time.ts'
import type { RetentionQuery } from './retention.ts'

/** As lists count. */
const most = 10_000
/** How many stretches are looked at for one count, found in or not: 10,000 quiet leads, 100,000 submissions. */
const mostStretches = 5

/**
 * What would be erased now, by the rules of a form, or by those that are tried. Counts stretch by stretch, so that no statement
 * takes long, and so many of them at most: what was found by then is not exact. Throws `not_found`.
 */
export async function previewClearing(
  core: Core,
  workspaceId: string,
  formId: string,
  tried: RetentionQuery,
): Promise<ClearingPreview> {
  const { id, retention } = await getForm(core, workspaceId, formId)
  const said = Object.fromEntries(Object.entries(tried).filter(([, days]) => days !== undefined))
  const form: Ruled = { id, retention: { ...retention, ...said } }
  const at = core.now()
  const forms = (await listForms(core, workspaceId)).map((other) => (other.id === id ? form : other))
  return {
    spam: await countUnkept(core, workspaceId, form, 'spam', at),
    held: await countUnkept(core, workspaceId, form, 'held', at),
    submissions: await countAll(acceptedPast(core, workspaceId, form, at)),
    leads: await countAll(quietLeads(core, workspaceId, forms, at, form)),
  }
}

const counted = (count: number): LeadCount => ({ value: Math.min(count, most), exact: count <= most })

async function countUnkept(core: Core, workspaceId: string, form: Ruled, verdict: 'spam' | 'held', at: Date) {
  const rows = unkept(workspaceId, form, verdict, at, most + 1)
  if (!rows) return counted(0)
  const [row] = await core.inWorkspace(workspaceId, (tx) =>
    tx.query<{ count: number }>(sql`select count(*)::integer as count from (${rows}) s`),
  )
  return counted(row!.count)
}

async function countAll(stretches: AsyncIterable<string[]>): Promise<LeadCount> {
  let count = 0
  let looked = 0
  for await (const ids of stretches) {
    if (++looked > mostStretches) return { value: count, exact: false }
    count += ids.length
    if (count > most) break
  }
  return counted(count)
}
