import type { Core } from '../core.ts'
import { readCursor, toPage, writeCursor } from '../cursor.ts'
import { LeadNestError, notFound } from '../errors.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { isId, newId } from '../id.ts'
import { checkLead, lockLead } from '../leads/find-leads.ts'
import { sql } from '../postgres/sql.ts'
import { Overtaken, type Tx } from '../postgres/transaction.ts'
import type { Note, NoteInput } from './note.ts'

const columns = sql`id, lead_id, author, body, created_at, edited_at`

/** Throws `not_found`. */
export async function addNote(
  core: Core,
  workspaceId: string,
  leadId: string,
  { body }: NoteInput,
  by: By,
): Promise<Note> {
  const at = core.now()
  return core.inWorkspace(workspaceId, async (tx) => {
    await lockLead(tx, workspaceId, leadId)
    const [note] = await tx.query<Note>(sql`
        insert into notes (workspace_id, id, lead_id, author, body, created_at)
        values (${workspaceId}, ${newId(at.getTime())}, ${leadId}, ${JSON.stringify(by.actor)}, ${body}, ${at})
        returning ${columns}`)
    await tell(tx, workspaceId, 'note.added', note!, by, at)
    return note!
  })
}

/** Throws `not_found`. */
export async function editNote(
  core: Core,
  workspaceId: string,
  id: string,
  { body }: NoteInput,
  by: By,
): Promise<Note> {
  const at = core.now()
  return core.inWorkspace(workspaceId, async (tx) => {
    const before = await lockNote(tx, workspaceId, id)
    if (before.body === body) return before
    const [note] = await tx.query<Note>(sql`
      update notes set body = ${body}, edited_at = ${at} where workspace_id = ${workspaceId} and id = ${id} returning ${columns}`)
    await tell(tx, workspaceId, 'note.edited', note!, by, at)
    return note!
  })
}

/** Throws `not_found`. */
export async function deleteNote(core: Core, workspaceId: string, id: string, by: By): Promise<void> {
  await core.inWorkspace(workspaceId, async (tx) => {
    const note = await lockNote(tx, workspaceId, id)
    await tx.query(sql`delete from notes where workspace_id = ${workspaceId} and id = ${id}`)
    await tell(tx, workspaceId, 'note.deleted', note, by, core.now())
  })
}

/** Newest first. Throws `not_found`, `invalid_cursor`. */
export async function listNotes(
  core: Core,
  workspaceId: string,
  leadId: string,
  { limit = 50, cursor }: { limit?: number; cursor?: string | undefined } = {},
) {
  const list = `${workspaceId} notes ${leadId}`
  const before = cursor ? readCursor(core.keyring, list, cursor)[1] : null
  return core.inWorkspace(workspaceId, async (tx) => {
    await checkLead(tx, workspaceId, leadId)
    const notes = await tx.query<Note>(sql`
      select ${columns} from notes
      where workspace_id = ${workspaceId} and lead_id = ${leadId} and (${before}::uuid is null or id < ${before}::uuid)
      order by id desc limit ${limit + 1}`)
    return toPage(notes, limit, ({ id, createdAt }) => writeCursor(core.keyring, list, [createdAt, id]))
  })
}

/** A note and its lead, held. Throws `not_found`, `lead_merged`. */
async function lockNote(tx: Tx, workspaceId: string, id: string): Promise<Note> {
  const read = async (lock = sql``) => {
    const [note] = isId(id)
      ? await tx.query<Note>(
          sql`select ${columns} from notes where workspace_id = ${workspaceId} and id = ${id} ${lock}`,
        )
      : []
    if (!note) throw notFound('note')
    return note
  }
  const { leadId } = await read()
  try {
    await lockLead(tx, workspaceId, leadId)
  } catch (error) {
    throw error instanceof LeadNestError && error.code === 'not_found' ? notFound('note') : error
  }
  const note = await read(sql`for update`)
  // It went to another lead in a merge, in this moment.
  if (note.leadId !== leadId) throw new Overtaken()
  return note
}

/** The timeline names the note and does not repeat it, so that what is deleted is gone. */
function tell(
  tx: Tx,
  workspaceId: string,
  type: 'note.added' | 'note.edited' | 'note.deleted',
  note: Note,
  { actor, source }: By,
  at: Date,
) {
  return recordEvents(tx, workspaceId, [
    newEvent({ type, leadId: note.leadId, actor, source, data: { noteId: note.id }, at }),
  ])
}
