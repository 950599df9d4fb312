import { newId } from '../id.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { respond, responsesIn } from '../submissions/respond.ts'
import type { Actor, EventType, Source } from './event.ts'

export interface NewEvent {
  id: string
  type: EventType
  leadId: string | null
  submissionId: string | null
  actor: Actor
  source: Source
  data: object
  at: Date
  /** Stands in the data. */
  jobId?: string | undefined
}

export function newEvent(event: Omit<NewEvent, 'id' | 'submissionId'> & { submissionId?: string }): NewEvent {
  return { submissionId: null, ...event, id: newId(event.at.getTime()) }
}

/**
 * Writes what happened and the job that tells of it, in the transaction of the change. The live feed is told at its commit. What follows
 * from a job of many leads (`byJob`), as an import is one, comes after what follows from visitors.
 */
export async function recordEvents(
  tx: Tx,
  workspaceId: string,
  events: NewEvent[],
  { byJob = false }: { byJob?: boolean } = {},
): Promise<void> {
  if (events.length === 0) return
  tx.changed = true
  const responses = responsesIn(events)
  await Promise.all([
    responses.length > 0 && tx.query(respond(workspaceId, responses)),
    tx.query(insertEvents(workspaceId, events)),
    tx.query(
      announce(
        workspaceId,
        events.map(({ id }) => id),
        byJob,
      ),
    ),
  ])
}

const insertEvents = (workspaceId: string, events: NewEvent[]): Sql => sql`
  insert into events (workspace_id, id, type, lead_id, submission_id, actor, source, data, created_at)
  select ${workspaceId}::uuid, * from unnest(
    ${events.map(({ id }) => id)}::uuid[],
    ${events.map(({ type }) => type)}::text[],
    ${events.map(({ leadId }) => leadId)}::uuid[],
    ${events.map(({ submissionId }) => submissionId)}::uuid[],
    ${events.map(({ actor }) => JSON.stringify(actor))}::jsonb[],
    ${events.map(({ source }) => source)}::text[],
    ${events.map(({ data, jobId }) => JSON.stringify(jobId ? { ...data, jobId } : data))}::jsonb[],
    ${events.map(({ at }) => at)}::timestamptz[]
  )`

/** What follows from jobs of many leads is done one after the other, so that most of the worker is there for what follows from visitors. */
export const followers = (workspaceId: string) => `followers ${workspaceId}`

/** One job and one notification however many events: NOTIFY takes a database-wide lock at commit. */
const announce = (workspaceId: string, eventIds: string[], byJob: boolean): Sql => sql`
  select
    graphile_worker.add_job('event', ${JSON.stringify({ workspaceId, eventIds })}::json,
      queue_name := ${byJob ? followers(workspaceId) : null}::text, priority := ${byJob ? 5 : 0}::integer),
    pg_notify('leadnest_feed', ${JSON.stringify({ workspaceId, type: 'lead' })})`
