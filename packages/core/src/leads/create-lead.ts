import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { newId } from '../id.ts'
import { type Answered, once } from '../idempotency/once.ts'
import type { IdempotencyKey } from '../idempotency/records.ts'
import { brokenConstraint, Overtaken, type Tx } from '../postgres/transaction.ts'
import { readLead } from './find-leads.ts'
import { normaliseEmail } from './identity.ts'
import type { Lead, LeadInput } from './lead.ts'
import { type LeadRow, learn, newLead, type Person } from './person.ts'
import { indexForSearch, insertLeads, lockLeadByExternalId, lockLeadsByEmail, updateLeads } from './statements.ts'

/** Who changes something, by which door, and the caller's key where one came. */
export interface Teller extends By {
  idempotency?: IdempotencyKey | undefined
}

/**
 * Stores a lead that a trusted door tells of: by `externalId`, then by e-mail, a known one is updated (status 200), with
 * what was sent overwriting; else it is created (201). An identity that conflicts is not written: an e-mail of somebody
 * else, or a second `externalId` for who was found by e-mail. Throws `invalid_input`, `idempotency_mismatch`.
 */
export async function createLead(
  core: Core,
  workspaceId: string,
  input: LeadInput,
  by: Teller,
): Promise<Answered<Lead>> {
  const person = personIn(input, core.now())
  return core.inWorkspace(workspaceId, async (tx) => {
    try {
      return await once(core, tx, workspaceId, by.idempotency, () => write(tx, workspaceId, person, by))
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

async function write(tx: Tx, workspaceId: string, person: Person, { actor, source }: Teller) {
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
  const type = known ? 'lead.updated' : 'lead.created'
  await recordEvents(tx, workspaceId, [newEvent({ type, leadId: after.id, actor, source, data: {}, at })])
  return { result: await readLead(tx, workspaceId, after.id), status: known ? 200 : 201 }
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
