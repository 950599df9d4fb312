import { type Core, type Event, listNotes, type Note } from '@leadnest/core'
import { ErrorSummary } from '../fields.tsx'
import { Icon } from '../icon.tsx'
import { Time } from '../time.tsx'
import { type Refused, refusal } from './refused.ts'

/** The notes that these events tell of, by id; what was deleted since is missing. */
export async function notesOf(
  core: Core,
  workspaceId: string,
  leadId: string,
  events: Event[],
): Promise<ReadonlyMap<string, Note>> {
  return findNotes(
    core,
    workspaceId,
    leadId,
    events.map(writtenNote).filter((id) => id !== undefined),
  )
}

/** Reads a lead's notes, newest first, until all of these are found. */
export async function findNotes(core: Core, workspaceId: string, leadId: string, ids: string[]) {
  const found = new Map<string, Note>()
  let cursor: string | null | undefined = ids.length > 0 ? undefined : null
  while (cursor !== null && found.size < ids.length) {
    const page: Awaited<ReturnType<typeof listNotes>> = await listNotes(core, workspaceId, leadId, {
      limit: 200,
      cursor,
    })
    for (const note of page.data) if (ids.includes(note.id)) found.set(note.id, note)
    cursor = page.nextCursor
  }
  return found
}

/** The id of the note that an event tells the writing of. */
export function writtenNote({ type, data }: Event): string | undefined {
  return type === 'note.added' && typeof data.noteId === 'string' ? data.noteId : undefined
}

export function NewNote({ leadId, refused }: { leadId: string; refused: Refused | undefined }) {
  return (
    <form method="post" action={`/admin/leads/${leadId}/notes`} enctype="multipart/form-data" class="note-form">
      {refused && <ErrorSummary title={refusal} issues={refused.issues} />}
      <label class="unseen" for="new-note">
        Write a note
      </label>
      <NoteText id="new-note" refused={refused} placeholder="Write a note" />
      <button class="button" type="submit">
        Add note
      </button>
    </form>
  )
}

interface WrittenNoteProps {
  note: Note
  mayEdit: boolean
  /** The page of the timeline that it stands on. */
  cursor: string | undefined
  refused: Refused | undefined
}

/** A note at its place in the timeline: plain text with its line breaks, and its own form. */
export function WrittenNote({ note, mayEdit, cursor, refused }: WrittenNoteProps) {
  const action = `/admin/leads/${note.leadId}/notes/${note.id}`
  const query = cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''
  const id = `note-${note.id}`
  return (
    <div class="note-card">
      <p class="note-body">{note.body}</p>
      {note.editedAt && (
        <p class="muted small">
          Edited <Time at={note.editedAt} />
        </p>
      )}
      {mayEdit && (
        <details class="edit" open={refused !== undefined}>
          <summary>
            <Icon name="pencil" /> Edit<span class="unseen"> this note</span>
          </summary>
          {/* As multipart, 20,000 letters of any script stay below the limit of a form. */}
          <form method="post" action={action + query} enctype="multipart/form-data" class="note-form">
            {refused && <ErrorSummary title={refusal} issues={refused.issues} />}
            <label class="unseen" for={id}>
              Note
            </label>
            <NoteText id={id} refused={refused} body={note.body} />
            <div class="actions">
              <button class="button primary" type="submit">
                Save note
              </button>
              <button class="button danger" type="submit" formaction={`${action}/delete${query}`} formnovalidate>
                <Icon name="bin" /> Delete note
              </button>
            </div>
          </form>
        </details>
      )}
    </div>
  )
}

interface NoteTextProps {
  id: string
  body?: string
  placeholder?: string
  refused: Refused | undefined
}

function NoteText({ id, body, placeholder, refused }: NoteTextProps) {
  return (
    <textarea
      id={id}
      name="body"
      rows={3}
      required
      maxlength={20_000}
      placeholder={placeholder}
      aria-invalid={refused ? 'true' : undefined}
      aria-describedby={refused ? 'errors' : undefined}
    >
      {refused?.typed.body ?? body}
    </textarea>
  )
}
