import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import type { Actor, Source } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { newId } from '../id.ts'
import {
  claimRecords,
  type IdempotencyKey,
  type IdempotencyRecord,
  mismatch,
  readRecords,
} from '../idempotency/records.ts'
import { sql } from '../postgres/sql.ts'
import { brokenConstraint, Overtaken, type Tx } from '../postgres/transaction.ts'
import { normaliseEmail } from './identity.ts'
import type { Lead, LeadInput } from './lead.ts'
import { type LeadRow, learn, newLead, type Person } from './person.ts'
import {
  indexForSearch,
  insertLeads,
  leadColumns,
  lockLeadByExternalId,
  lockLeadsByEmail,
  updateLeads,
} from './statements.ts'

/** Who tells of a lead, and the caller's key where one came. */
export interface Teller {
  actor: Actor
  source: Source
  idempotency?: IdempotencyKey | undefined
}

export interface CreatedLead {
  lead: Lead
  created: boolean
  replayed: boolean
}

/**
 * Stores a lead that a trusted door tells of: by `externalId`, then by e-mail, a known one is updated, with what was sent
 * overwriting. An identity that conflicts is not written: an e-mail of somebody else, or a second `externalId` for who
 * was found by e-mail. Throws `invalid_input`, `idempotency_mismatch`.
 */
export async function createLead(core: Core, workspaceId: string, input: LeadInput, by: Teller): Promise<CreatedLead> {
  const person = personIn(input, core.now())
  return core.inWorkspace(workspaceId, async (tx) => {
    try {
      return (await replay(core, tx, workspaceId, by)) ?? (await write(core, tx, workspaceId, person, by))
    } catch (error) {
      // The same person was stored by somebody else in this moment; now they are known.
      throw brokenConstraint(error) ? new Overtaken() : error
    }
  })
}

function personIn(input: LeadInput, at: Date): Person {
  const person: Person = { ...input, fields: input.fields ?? {}, at, trusted: true }
  if (input.email) person.email = normaliseEmail(input.email)
  for (const column of ['email', 'phone', 'name', 'firstName', 'lastName', 'company', 'externalId'] as const)
    if (person[column] === '') person[column] = null
  if (!person.email && !person.phone && !person.name && !person.externalId && !person.firstName && !person.lastName) {
    throw new LeadNestError('invalid_input', 'A lead needs an e-mail, a phone, a name or an externalId.', {
      issues: [{ path: 'email', message: 'Send at least one of email, phone, name, externalId.' }],
    })
  }
  return person
}

async function replay(
  core: Core,
  tx: Tx,
  workspaceId: string,
  { idempotency }: Teller,
): Promise<CreatedLead | undefined> {
  if (!idempotency) return undefined
  const [record] = await tx.query<IdempotencyRecord>(readRecords(workspaceId, [idempotency]))
  if (!record || Date.parse(record.expiresAt) <= core.now().getTime()) return undefined
  if (!record.fingerprint.equals(idempotency.fingerprint)) throw mismatch()
  return { lead: JSON.parse(record.body) as Lead, created: record.status === 201, replayed: true }
}

async function write(core: Core, tx: Tx, workspaceId: string, person: Person, by: Teller): Promise<CreatedLead> {
  const { at } = person
  const known = await findKnown(tx, workspaceId, person)
  const after = learn(known?.lead ?? newLead(newId(at.getTime())), { ...person, ...known?.kept })
  if (known) {
    await tx.query(updateLeads(workspaceId, [after], at))
  } else {
    const inserted = await tx.query(insertLeads(workspaceId, [after], at))
    if (inserted.length === 0) throw new Overtaken()
  }
  await tx.query(indexForSearch(workspaceId, [after]))
  const { actor, source } = by
  const type = known ? 'lead.updated' : 'lead.created'
  await recordEvents(tx, workspaceId, [newEvent({ type, leadId: after.id, actor, source, data: {}, at })])
  const [lead] = await tx.query<Lead>(
    sql`select ${leadColumns} from leads where workspace_id = ${workspaceId} and id = ${after.id}`,
  )
  if (by.idempotency) {
    const record = { ...by.idempotency, body: JSON.stringify(lead) }
    const claimed = await tx.query(
      claimRecords(workspaceId, [record], known ? 200 : 201, { now: at, ttlHours: core.idempotencyTtlHours }),
    )
    if (claimed.length === 0) throw new Overtaken()
  }
  return { lead: lead!, created: !known, replayed: false }
}

/** `externalId` wins over the e-mail; `kept` are the identities that stay as they are, whatever was sent. */
async function findKnown(
  tx: Tx,
  workspaceId: string,
  { email, externalId }: Person,
): Promise<{ lead: LeadRow; kept: Pick<Person, 'email' | 'externalId'> } | undefined> {
  const [byExternalId] = externalId ? await tx.query<LeadRow>(lockLeadByExternalId(workspaceId, externalId)) : []
  const [byEmail] = email ? await tx.query<LeadRow>(lockLeadsByEmail(workspaceId, [email])) : []
  if (byExternalId)
    return { lead: byExternalId, kept: byEmail && byEmail.id !== byExternalId.id ? { email: byExternalId.email } : {} }
  return byEmail && { lead: byEmail, kept: externalId && byEmail.externalId ? { externalId: byEmail.externalId } : {} }
}
