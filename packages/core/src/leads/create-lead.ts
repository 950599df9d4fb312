import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import type { Actor, Source } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { newId } from '../id.ts'
import { sql } from '../postgres/sql.ts'
import { brokenConstraint, type Tx } from '../postgres/transaction.ts'
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

/**
 * Stores a lead that a trusted door tells of: by `externalId`, then by e-mail, a known one is updated, with what was sent
 * overwriting. An e-mail that belongs to somebody else than the `externalId` is not written. Throws `invalid_input`.
 */
export async function createLead(
  core: Core,
  workspaceId: string,
  input: LeadInput,
  by: { actor: Actor; source: Source },
): Promise<{ lead: Lead; created: boolean }> {
  const at = core.now()
  const person: Person = { ...input, fields: input.fields ?? {}, at, trusted: true }
  if (input.email) person.email = normaliseEmail(input.email)
  for (const column of ['email', 'phone', 'name', 'firstName', 'lastName', 'company', 'externalId'] as const)
    if (person[column] === '') person[column] = null
  if (!person.email && !person.phone && !person.name && !person.externalId && !person.firstName && !person.lastName) {
    throw new LeadNestError('invalid_input', 'A lead needs an e-mail, a phone, a name or an externalId.', {
      issues: [{ path: 'email', message: 'Send at least one of email, phone, name, externalId.' }],
    })
  }

  for (let tries = 1; ; tries++) {
    try {
      return await core.inWorkspace(workspaceId, (tx) => write(tx, workspaceId, person, at, by))
    } catch (error) {
      // The same person was stored by somebody else in this moment; now they are known.
      if (tries < 3 && brokenConstraint(error)) continue
      throw error
    }
  }
}

async function write(tx: Tx, workspaceId: string, person: Person, at: Date, by: { actor: Actor; source: Source }) {
  const known = await findKnown(tx, workspaceId, person)
  const after = learn(known?.lead ?? newLead(newId(at.getTime())), known?.emailTaken ? withoutEmail(person) : person)
  if (known) {
    await tx.query(updateLeads(workspaceId, [after], at))
  } else {
    const inserted = await tx.query(insertLeads(workspaceId, [after], at))
    // Somebody else's insert of this e-mail was committed since we looked.
    if (inserted.length === 0)
      throw Object.assign(new Error('The e-mail was taken in between.'), {
        code: '23505',
        constraint: 'leads_workspace_id_email_key',
      })
  }
  await tx.query(indexForSearch(workspaceId, [after]))
  await recordEvents(tx, workspaceId, [
    newEvent({ type: known ? 'lead.updated' : 'lead.created', leadId: after.id, ...by, data: {}, at }),
  ])
  const [lead] = await tx.query<Lead>(
    sql`select ${leadColumns} from leads where workspace_id = ${workspaceId} and id = ${after.id}`,
  )
  return { lead: lead!, created: !known }
}

/** `externalId` wins over the e-mail. */
async function findKnown(
  tx: Tx,
  workspaceId: string,
  { email, externalId }: Person,
): Promise<{ lead: LeadRow; emailTaken: boolean } | undefined> {
  const [byExternalId] = externalId ? await tx.query<LeadRow>(lockLeadByExternalId(workspaceId, externalId)) : []
  const [byEmail] = email ? await tx.query<LeadRow>(lockLeadsByEmail(workspaceId, [email])) : []
  const lead = byExternalId ?? byEmail
  return lead && { lead, emailTaken: byEmail !== undefined && byEmail.id !== lead.id }
}

function withoutEmail({ email: _, ...person }: Person): Person {
  return person
}
