import type { Core } from '../core.ts'
import { recordDuplicates } from '../duplicates/statements.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { checkValues } from '../fields/check-values.ts'
import { leadColumnNames } from '../fields/field.ts'
import { readShape, type Shape } from '../fields/shape.ts'
import { Answered } from '../idempotency/answers.ts'
import { brokenConstraint, Overtaken, type Tx } from '../postgres/transaction.ts'
import { setTags } from '../tags/tag-lead.ts'
import { plain } from '../text.ts'
import { type Alias, identitiesOf, readAliases } from './aliases.ts'
import { changesBetween } from './changes.ts'
import { readLead } from './find-leads.ts'
import { checkKnowable, normaliseEmail } from './identity.ts'
import type { Lead, LeadInput } from './lead.ts'
import type { KnownLead, Person } from './person.ts'
import { normalisePhone } from './phone.ts'
import { place } from './place-lead.ts'
import { resolvePeople } from './resolve-people.ts'
import { giveUp, insertLeads, lockKnown, updateLeads } from './statements.ts'
import { orTaken } from './update-lead.ts'

/**
 * Stores a lead that a trusted door tells of: by `externalId`, then e-mail, then phone, a known one is updated (status
 * 200), with what was sent overwriting; else it is created (201). An identity that belongs to somebody else is not
 * written, and the two are suggested as duplicates. Throws `invalid_input`, `unknown_reference`, and `identity_taken` where
 * clearing the e-mail leaves a phone that another lead is known by.
 */
export function createLead(core: Core, workspaceId: string, input: LeadInput, by: By): Promise<Answered<Lead>> {
  return orTaken(() =>
    core.inWorkspace(workspaceId, async (tx) => {
      try {
        return await writeLead(core, tx, workspaceId, input, by)
      } catch (error) {
        // The same person was stored by somebody else in this moment; now they are known.
        throw /_(email|external_id)_key$/.test(brokenConstraint(error) ?? '') ? new Overtaken(error) : error
      }
    }),
  )
}

/** The same in a transaction that does more. Somebody else who stores the same person in this moment makes it throw. */
export async function writeLead(
  core: Core,
  tx: Tx,
  workspaceId: string,
  input: LeadInput,
  by: By,
): Promise<Answered<Lead>> {
  const at = core.now()
  const shape = await readShape(tx, workspaceId)
  const person = personIn(input, shape, at)
  const { leadId, created, match, before, conflicts } = await store(tx, workspaceId, person, shape)
  if (input.stage !== undefined || input.ownerId !== undefined || input.lostReason !== undefined)
    await place(tx, workspaceId, [leadId], input, at)
  if (input.tags?.length) await setTags(tx, workspaceId, [leadId], { add: input.tags })
  const lead = await readLead(tx, workspaceId, leadId)
  const data = {
    match,
    ...(before && { changes: changesBetween(before, lead) }),
    ...(conflicts.length > 0 && { conflicts: conflicts.map(({ otherId, kind }) => ({ leadId: otherId, kind })) }),
  }
  const type = created ? 'lead.created' : 'lead.updated'
  await recordEvents(tx, workspaceId, [newEvent({ type, leadId, ...by, data, at })])
  return new Answered(lead, created ? 201 : 200)
}

function personIn({ tags, stage, ownerId, lostReason, ...input }: LeadInput, shape: Shape, at: Date): Person {
  const person: Person = { ...input, fields: checkValues(shape, input.fields ?? {}), at, trusted: true }
  if (input.email) person.email = normaliseEmail(input.email)
  if (input.phone) person.phone = normalisePhone(input.phone, shape.country)
  for (const column of leadColumnNames) if (person[column] != null) person[column] = plain(person[column]) || null
  checkKnowable(person)
  return person
}

async function store(tx: Tx, workspaceId: string, person: Person, { firstStage }: Shape) {
  const { at } = person
  const identities = identitiesOf([person])
  const askAliases = readAliases(workspaceId, identities)
  const [known, aliases] = askAliases
    ? await Promise.all([tx.query<KnownLead>(lockKnown(workspaceId, identities)), tx.query<Alias>(askAliases)])
    : [[], []]
  const { leads, fresh, changed, conflicts, displaced } = resolvePeople(
    [person],
    { known, aliases },
    { at, firstStage },
  )
  const { leadId, created, match } = leads[0]!
  const before = created ? undefined : await readLead(tx, workspaceId, leadId, { evenDeleted: true })
  if (displaced.length > 0) await tx.query(giveUp(workspaceId, displaced))
  if (created) {
    const inserted = await tx.query(insertLeads(workspaceId, fresh, at))
    if (inserted.length === 0) throw new Overtaken()
  } else {
    await tx.query(updateLeads(workspaceId, changed, at))
  }
  if (conflicts.length > 0) await recordDuplicates(tx, workspaceId, conflicts, at)
  return { leadId, created, match, before, conflicts }
}
