import type { Core } from '../core.ts'
import { readCursor, toPage, writeCursor } from '../cursor.ts'
import { LeadNestError, notFound } from '../errors.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { isId, newId } from '../id.ts'
import { Answered } from '../idempotency/answers.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { normaliseAddress } from './address.ts'
import { hashAddress } from './pepper.ts'
import type { Suppression, SuppressionInput, SuppressionQuery } from './suppression.ts'

const columns = sql`id, channel, purpose, lifted_purposes, origin, address, reason, actor, source, created_at`

/**
 * Keeps an address from being written to; a no that was lifted before stands again, but for `liftedPurposes`. `isNew` is false where the same was
 * there. `address` is as identity goes by it. Writes no event: that is the one of whatever it follows from.
 */
export async function suppress(
  core: Core,
  tx: Tx,
  workspaceId: string,
  {
    channel,
    address,
    purpose,
    reason,
    origin,
    liftedPurposes = [],
  }: SuppressionInput & Pick<Suppression, 'origin'> & Partial<Pick<Suppression, 'liftedPurposes'>>,
  { actor, source }: By,
): Promise<Suppression & { isNew: boolean }> {
  const at = core.now()
  const hash = await hashAddress(core, tx, workspaceId, channel, address)
  const id = newId(at.getTime())
  const [suppression] = await tx.query<Suppression>(sql`
    insert into suppressions (workspace_id, id, channel, address_hash, purpose, lifted_purposes, origin, address, reason, actor, source, created_at)
    values (
      ${workspaceId}, ${id}, ${channel}, ${hash}, ${purpose}, ${liftedPurposes}, ${origin}, ${address}, ${reason}, ${JSON.stringify(actor)}, ${source}, ${at}
    )
    on conflict (workspace_id, channel, address_hash, purpose, origin)
      do update set address = excluded.address, lifted_purposes = array(
        select unnest(suppressions.lifted_purposes) intersect select unnest(excluded.lifted_purposes)
      )
    returning ${columns}`)
  return { ...suppression!, isNew: suppression!.id === id }
}

/** Suppresses an address because the workspace wants it so: 201, or 200 where that was said before. Throws `invalid_input`. */
export function addSuppression(
  core: Core,
  workspaceId: string,
  input: SuppressionInput,
  by: By,
): Promise<Answered<Suppression>> {
  return core.inWorkspace(workspaceId, async (tx) => {
    const address = await normaliseAddress(tx, workspaceId, input.channel, input.address)
    const { isNew, ...made } = await suppress(core, tx, workspaceId, { ...input, address, origin: 'staff' }, by)
    if (isNew) await tell(core, tx, workspaceId, 'suppression.added', made, by)
    return new Answered(made, isNew ? 201 : 200)
  })
}

/** Throws `not_found`, and `opt_out_stands` for one that follows from a person's own no. */
export async function removeSuppression(core: Core, workspaceId: string, id: string, by: By): Promise<void> {
  await core.inWorkspace(workspaceId, async (tx) => {
    const [found] = isId(id)
      ? await tx.query<Suppression>(
          sql`select ${columns} from suppressions where workspace_id = ${workspaceId} and id = ${id} for update`,
        )
      : []
    if (!found) throw notFound('suppression')
    if (found.origin === 'opt_out')
      throw new LeadNestError(
        'opt_out_stands',
        'The person opted out. Only they can take that back: by confirming a new consent, on their own page, or by a START message.',
      )
    await tx.query(sql`delete from suppressions where workspace_id = ${workspaceId} and id = ${id}`)
    await tell(core, tx, workspaceId, 'suppression.removed', found, by)
  })
}

/** Newest first; `channel` and `address` narrow it down to what was said about one. Throws `invalid_cursor`, `invalid_input`. */
export async function listSuppressions(
  core: Core,
  workspaceId: string,
  { limit, cursor, channel, address }: SuppressionQuery,
) {
  const list = `${workspaceId} suppressions ${channel ?? ''} ${address ?? ''}`
  const before = cursor ? readCursor(core.keyring, list, cursor)[1] : null
  return core.inWorkspace(workspaceId, async (tx) => {
    const hash =
      channel !== undefined && address !== undefined
        ? await hashAddress(core, tx, workspaceId, channel, await normaliseAddress(tx, workspaceId, channel, address))
        : null
    const rows = await tx.query<Suppression>(sql`
      select ${columns} from suppressions
      where workspace_id = ${workspaceId} ${channel ? sql`and channel = ${channel}` : sql``}
        ${hash ? sql`and address_hash = ${hash}` : sql``} ${before ? sql`and id < ${before}` : sql``}
      order by id desc limit ${limit + 1}`)
    return toPage(rows, limit, ({ id, createdAt }) => writeCursor(core.keyring, list, [createdAt, id]))
  })
}

/** The event does not repeat the address, so that what is erased is gone. */
function tell(
  core: Core,
  tx: Tx,
  workspaceId: string,
  type: 'suppression.added' | 'suppression.removed',
  { id, channel, purpose }: Suppression,
  by: By,
) {
  const data = { suppressionId: id, channel, purpose }
  return recordEvents(tx, workspaceId, [newEvent({ type, leadId: null, ...by, data, at: core.now() })])
}

/** Forgets how these addresses read; that they are suppressed stays. Returns the ids of their suppressions. */
export async function forgetAddresses(tx: Tx, workspaceId: string, addresses: string[]): Promise<string[]> {
  const forgotten = await tx.query<{ id: string }>(sql`
    update suppressions set address = null, reason = null
    where workspace_id = ${workspaceId} and address = any(${addresses})
    returning id`)
  return forgotten.map(({ id }) => id)
}

/**
 * Takes back the person's own no to a purpose (null: to all) on a channel. Only for doors where the person shows that the
 * address is theirs. What the workspace suppressed stays so.
 */
export async function liftSuppression(
  core: Core,
  tx: Tx,
  workspaceId: string,
  { channel, address, purpose }: { channel: string; address: string; purpose: string | null },
): Promise<void> {
  const hash = await hashAddress(core, tx, workspaceId, channel, address)
  const theirs = sql`workspace_id = ${workspaceId} and channel = ${channel} and address_hash = ${hash} and origin = 'opt_out'`
  await tx.query(
    sql`delete from suppressions where ${theirs} ${purpose === null ? sql`` : sql`and purpose = ${purpose}`}`,
  )
  if (purpose === null) return
  await tx.query(sql`
    update suppressions set lifted_purposes = array_append(lifted_purposes, ${purpose})
    where ${theirs} and purpose is null and ${purpose} <> all(lifted_purposes)`)
}
