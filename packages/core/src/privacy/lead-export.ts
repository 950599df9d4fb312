import * as v from 'valibot'
import { Consent } from '../consents/consent.ts'
import { Actor, Event } from '../events/event.ts'
import { Id } from '../id.ts'
import { Lead } from '../leads/lead.ts'
import { Message } from '../messages/message.ts'
import { Note } from '../notes/note.ts'
import { ScorePart } from '../scores/rule.ts'
import { Suppression } from '../suppressions/suppression.ts'

/** The name of the shape; another number where something of it is another. What is added leaves it as it is. */
export const exportFormat = 'leadnest.lead/1'

const time = v.string()
const json = v.record(v.string(), v.unknown())

/** One act of sending a form; of one that was erased only that it was. */
const ExportedSubmission = v.object({
  id: Id,
  formId: Id,
  formName: v.string(),
  formVersion: v.number(),
  verdict: v.string(),
  reasons: v.array(v.string()),
  fields: json,
  attribution: v.nullable(json),
  /** Ids of the wordings that were agreed to, as they came. */
  consents: v.nullable(v.array(v.record(v.string(), v.unknown()))),
  test: v.boolean(),
  source: v.string(),
  createdAt: time,
})

const ExportedMerge = v.object({
  id: Id,
  survivorId: Id,
  mergedId: Id,
  /** Both leads as they were before: rows as the database has them. Empty where it is more than 90 days ago. */
  survivorBefore: json,
  mergedBefore: json,
  actor: Actor,
  createdAt: time,
  undoneAt: v.nullable(time),
})

/** Everything about a lead. */
export const LeadExport = v.object({
  format: v.literal(exportFormat),
  exportedAt: time,
  workspace: v.object({ id: Id, name: v.string() }),
  /** With archived fields. */
  lead: v.object({ ...Lead.entries, deletedAt: v.nullable(time) }),
  /** Who has the lead. */
  owner: v.nullable(v.object({ id: Id, name: v.nullable(v.string()), email: v.string() })),
  score: v.object({ score: v.number(), parts: v.array(ScorePart) }),
  /** What leads that were merged into it were known by. */
  aliases: v.array(v.object({ kind: v.string(), value: v.string(), leadId: Id })),
  mergedIds: v.array(Id),
  merges: v.array(ExportedMerge),
  /** Also what the person sent that made no lead. */
  submissions: v.array(ExportedSubmission),
  consents: v.array(Consent),
  suppressions: v.array(Suppression),
  timeline: v.array(Event),
  /** Every message, with its words. */
  messages: v.array(Message),
  notes: v.array(Note),
  duplicates: v.array(
    v.object({ id: Id, otherId: Id, reasons: v.array(v.string()), createdAt: time, dismissedAt: v.nullable(time) }),
  ),
  /** What bulk changes wrote down for their undo. */
  bulkChanges: v.array(v.object({ jobId: Id, before: json, after: json })),
})

export type LeadExport = v.InferOutput<typeof LeadExport>
