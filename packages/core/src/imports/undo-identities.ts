import type { JobRow } from '../jobs/job.ts'
import { type Alias, identitiesOf, readAliases } from '../leads/aliases.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { changeColumns, type ImportChange } from './statements.ts'
import { type Image, isDue, type Row, readRows } from './undo-rows.ts'

const kinds = ['email', 'externalId', 'phone'] as const
type Known = Pick<Row, (typeof kinds)[number]>

/** An identity that is somebody else's now; `giver` is who has it, where that one is to be as before as well, without it. */
export interface Taken {
  kind: keyof Known
  by: string
  giver: string | undefined
}

/** Another lead, or by what else it is known: this it does not give away. */
type Other = Known & { id: string; alias?: true }

const aliasOf = ({ kind, value, leadId }: Alias): Other => ({
  id: leadId,
  email: kind === 'email' ? value : null,
  externalId: kind === 'external_id' ? value : null,
  phone: kind === 'phone' ? value : null,
  alias: true,
})

/** Leads that would get an identity back that is somebody else's by now, and which. */
export async function takenIdentities(
  tx: Tx,
  workspaceId: string,
  changes: ImportChange[],
  byId: Map<string, Row>,
): Promise<Map<string, Taken[]>> {
  const back = changes.flatMap(({ leadId, before }) => {
    const row = byId.get(leadId)
    return row && kinds.some((kind) => kind in before) ? [{ leadId, ...identitiesAfter(row, before as Image) }] : []
  })
  const identities = identitiesOf(
    back.map(({ email, externalId, phone }) => ({ email, externalId, phone: email ? null : phone })),
  )
  const askAliases = readAliases(workspaceId, identities)
  if (!askAliases) return new Map()
  const { emails, externalIds, phones } = identities
  const leads = await tx.query<Other>(sql`
    select id, email, external_id, phone from leads where workspace_id = ${workspaceId} and email = any(${emails})
    union all
    select id, email, external_id, phone from leads where workspace_id = ${workspaceId} and external_id = any(${externalIds})
    union all
    select id, email, external_id, phone from leads where workspace_id = ${workspaceId} and phone = any(${phones}) and email is null`)
  const others = [...leads, ...(await tx.query<Alias>(askAliases)).map(aliasOf)]
  const after = new Map(back.map((one) => [one.leadId, one]))
  const taken = new Map<string, Taken[]>()
  for (const { leadId, email, externalId, phone } of back)
    for (const other of others) {
      if (other.id === leadId) continue
      const has = (one: Known) => ({
        email: email !== null && one.email === email,
        externalId: externalId !== null && one.externalId === externalId,
        phone: email === null && phone !== null && one.email === null && one.phone === phone,
      })
      const [now, then] = [has(other), !other.alias && after.has(other.id) && has(after.get(other.id)!)]
      const found = kinds.flatMap((kind) =>
        now[kind] ? [{ kind, by: other.id, giver: then && !then[kind] ? other.id : undefined }] : [],
      )
      if (found.length > 0) taken.set(leadId, [...(taken.get(leadId) ?? []), ...found])
    }
  return taken
}

function identitiesAfter(row: Row, before: Image): Known {
  const of = (kind: keyof Known) => (kind in before ? (before[kind] as string | null) : row[kind])
  return { email: of('email'), externalId: of('externalId'), phone: of('phone') }
}

/** Who has what these had, where it is the turn of those only in a later step. */
export async function holdGivers(tx: Tx, job: JobRow, taken: Map<string, Taken[]>, byId: Map<string, Row>) {
  const ids = [...taken.values()].flat().flatMap(({ by }) => (byId.has(by) ? [] : [by]))
  if (ids.length === 0) return { changes: [], rows: [] }
  const changes = await tx.query<ImportChange>(sql`
    select ${changeColumns} from import_changes
    where workspace_id = ${job.workspaceId} and job_id = ${job.undoOf} and lead_id = any(${ids}::uuid[])
      and ${isDue(job)} and not displaced and not created`)
  const rows = await readRows(tx, job, changes, sql`for update skip locked`)
  const held = new Set(rows.map(({ id }) => id))
  return { changes: changes.filter(({ leadId }) => held.has(leadId)), rows }
}

/** Which of these get back what they had: what another of them has is free where that one gets back what it had, too. */
export function freed(
  changes: ImportChange[],
  taken: Map<string, Taken[]>,
): { changed: ImportChange[]; givers: string[] } {
  const back = new Set(changes.map(({ leadId }) => leadId))
  const changed = changes.filter(({ leadId }) =>
    (taken.get(leadId) ?? []).every(({ giver }) => giver !== undefined && back.has(giver)),
  )
  if (changed.length < changes.length) return freed(changed, taken)
  return {
    changed,
    givers: changed.flatMap(({ leadId }) => (taken.get(leadId) ?? []).flatMap(({ giver }) => giver ?? [])),
  }
}
