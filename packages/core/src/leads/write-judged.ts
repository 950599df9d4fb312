import { insertEntries } from '../consents/entry.ts'
import { consentsIn } from '../consents/from-captures.ts'
import type { Core } from '../core.ts'
import { recordDuplicates } from '../duplicates/statements.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import type { Sql } from '../postgres/sql.ts'
import { Overtaken, type Tx } from '../postgres/transaction.ts'
import type { SubmissionResult } from '../submissions/submission.ts'
import type { Verdict } from '../submissions/verdict.ts'
import { type Alias, identitiesOf, readAliases } from './aliases.ts'
import type { KnownLead, Person } from './person.ts'
import { type Match, resolvePeople } from './resolve-people.ts'
import { giveUp, insertLeads, lockKnown, updateLeads } from './statements.ts'
import type { Capture } from './write-captures.ts'

export interface Judged {
  capture: Capture
  verdict: Verdict
  result: Omit<SubmissionResult, 'receipt'>
}

/** The lead that a submission belongs to, and whether it began with it. */
interface LeadOf {
  leadId: string
  created: boolean
  match: Match
}

type StoreSubmissions = (workspaceId: string, judged: Judged[], leadOf: (capture: Capture) => string | null) => Sql

/** Whoever these people may be, locked until the end of the transaction. */
export interface KnownPeople {
  known: KnownLead[]
  aliases: Alias[]
}

export async function readPeople(tx: Tx, workspaceId: string, people: Person[]): Promise<KnownPeople> {
  const identities = identitiesOf(people)
  const askAliases = readAliases(workspaceId, identities)
  if (!askAliases) return { known: [], aliases: [] }
  const [known, aliases] = await Promise.all([
    tx.query<KnownLead>(lockKnown(workspaceId, identities)),
    tx.query<Alias>(askAliases),
  ])
  return { known, aliases }
}

/**
 * What becomes of submissions once they are judged: leads, consents and their events. `store` writes the submissions: new
 * ones as they came, or those that are released. Returns the lead that each became. Throws `Overtaken` where another
 * transaction has just stored the same person.
 */
export async function writeJudged(
  core: Core,
  tx: Tx,
  workspaceId: string,
  { judged, people: before, store }: { judged: Judged[]; people: KnownPeople; store: StoreSubmissions },
): Promise<Map<Capture, LeadOf>> {
  if (judged.length === 0) return new Map()
  const now = core.now()
  const people = judged.filter(({ verdict, capture }) => verdict.verdict === 'accepted' && !capture.input.test)
  const { leads, fresh, changed, conflicts, displaced } = resolvePeople(
    people.map(({ capture }) => capture.person),
    before,
    { at: now, firstStage: judged[0]!.capture.shape.firstStage },
  )
  const leadOf = new Map(people.map(({ capture }, i) => [capture, leads[i]!]))
  const consents = consentsIn(core, workspaceId, leadOf)
  const events = [
    ...judged.flatMap(({ capture, verdict }) => eventOf(capture, verdict, leadOf.get(capture))),
    ...consents.events,
  ]

  const [, inserted] = await Promise.all([
    displaced.length > 0 ? tx.query(giveUp(workspaceId, displaced)) : [],
    fresh.length > 0 ? tx.query(insertLeads(workspaceId, fresh, now)) : [],
    changed.length > 0 ? tx.query(updateLeads(workspaceId, changed, now)) : [],
    conflicts.length > 0 ? recordDuplicates(tx, workspaceId, conflicts, now) : [],
    tx.query(store(workspaceId, judged, (capture) => leadOf.get(capture)?.leadId ?? null)),
    consents.entries.length > 0 ? tx.query(insertEntries(workspaceId, consents.entries)) : [],
    recordEvents(tx, workspaceId, events),
  ])
  if (inserted.length < fresh.length) throw new Overtaken()
  return leadOf
}

function eventOf({ id, form, actor, source, at, input }: Capture, { verdict, reasons }: Verdict, lead?: LeadOf) {
  // A test is stored, marked, and fires nothing.
  if (input.test) return []
  const data = { submissionId: id, formId: form.id, formName: form.name }
  if (verdict !== 'accepted')
    return [
      newEvent({
        // Told apart from what was held, for it needs a link and no judgement.
        type: reasons.includes('awaiting_confirmation') ? 'submission.waiting' : 'submission.held',
        leadId: null,
        submissionId: id,
        actor,
        source,
        data: { ...data, verdict, reasons },
        at,
      }),
    ]
  return [
    newEvent({
      type: 'lead.captured',
      leadId: lead!.leadId,
      submissionId: id,
      actor,
      source,
      data: { ...data, created: lead!.created, match: lead!.match },
      at,
    }),
  ]
}
