import {
  addConsent,
  addNote,
  deleteLead,
  deleteNote,
  editNote,
  getLead,
  getWorkspaceSettings,
  type Issue,
  LeadNestError,
  listFields,
  listMembers,
  listPipelines,
  NoteInput,
  parse,
  TagName,
  tagLead,
  updateLead,
} from '@leadnest/core'
import { contract } from '@leadnest/core/contract'
import { type Context, Hono } from 'hono'
import { by } from '../by.ts'
import type { SignedInEnv } from '../env.ts'
import { formText } from '../fields.tsx'
import { may } from '../may.ts'
import { consentField, consentInput, readConsent } from './consents.tsx'
import { DeletePage } from './delete-page.tsx'
import { conflictsOf, patchOf, readEdited, seenOf } from './edit-form.tsx'
import { writable } from './lead-fields.tsx'
import { leadPage } from './lead-page.tsx'
import { readNextAction } from './next-action.tsx'
import { findNotes } from './notes.tsx'
import { Meanwhile, type Refused } from './refused.ts'

const mayWrite = may('leads:write')

/** What the forms of a lead's page do, each followed by that page. */
export const leadChanges = new Hono<SignedInEnv>()
  .post('/:id', mayWrite, async (c) => {
    const { core, session } = c.var
    const id = c.req.param('id')
    const lead = await getLead(core, session.workspaceId, id)
    const fields = writable(await listFields(core, session.workspaceId))
    const edited = await readEdited(c, lead, fields)
    const typed = { ...edited.typed, seen: seenOf(lead, fields) }
    return save(c, { id, form: 'lead', typed }, async () => {
      const [pipelines, members] = await Promise.all([
        listPipelines(core, session.workspaceId),
        listMembers(core, session.workspaceId),
      ])
      checkMeanwhile(conflictsOf(edited, { lead, pipelines, members, fields }))
      const patch = parse(contract['PATCH /v1/leads/:id'].body, patchOf(edited, pipelines, fields))
      await updateLead(core, session.workspaceId, id, patch, by(c))
    })
  })

  .post('/:id/tags', mayWrite, async (c) => {
    const { core, session } = c.var
    const id = c.req.param('id')
    const [add, remove] = [await formText(c, 'add'), await formText(c, 'remove')]
    await getLead(core, session.workspaceId, id)
    return save(c, { id, form: 'tags', typed: { add }, field: 'tag', anchor: '#tags' }, async () => {
      const names = remove ? { remove: [remove] } : { add: [parse(TagName, add)] }
      await tagLead(core, session.workspaceId, id, names, by(c))
    })
  })

  .post('/:id/next-action', mayWrite, async (c) => {
    const { core, session } = c.var
    const id = c.req.param('id')
    const { timeZone } = await getWorkspaceSettings(core, session.workspaceId)
    const lead = await getLead(core, session.workspaceId, id)
    const { typed, patch, issues } = await readNextAction(c, lead, timeZone)
    return save(c, { id, form: 'next-action', typed, anchor: '#next-action' }, async () => {
      checkMeanwhile(issues)
      await updateLead(core, session.workspaceId, id, parse(contract['PATCH /v1/leads/:id'].body, patch), by(c))
    })
  })

  .post('/:id/next-action/done', mayWrite, async (c) => {
    const id = c.req.param('id')
    await updateLead(c.var.core, c.var.session.workspaceId, id, { nextAction: null }, by(c))
    return c.redirect(`/admin/leads/${id}#next-action`, 303)
  })

  .post('/:id/consents', mayWrite, async (c) => {
    const { core, session } = c.var
    const id = c.req.param('id')
    const typed = await readConsent(c)
    await getLead(core, session.workspaceId, id)
    return save(c, { id, form: 'consents', typed, field: consentField, anchor: '#consents' }, async () => {
      const input = parse(contract['POST /v1/leads/:id/consents'].body, consentInput(typed))
      await addConsent(core, session.workspaceId, id, input, by(c))
    })
  })

  .post('/:id/notes', mayWrite, async (c) => {
    const { core, session } = c.var
    const id = c.req.param('id')
    const body = await noteText(c)
    await getLead(core, session.workspaceId, id)
    return save(c, { id, form: 'new-note', typed: { body }, field: 'new-note', anchor: '#timeline' }, async () => {
      await addNote(core, session.workspaceId, id, parse(NoteInput, { body }), by(c))
    })
  })

  .post('/:id/notes/:note', mayWrite, async (c) => {
    const { core, session } = c.var
    const { id, note } = c.req.param()
    const body = await noteText(c)
    await checkNote(c, id, note)
    const form = `note-${note}` as const
    return save(c, { id, form, typed: { body }, field: form, anchor: '#timeline' }, async () => {
      await editNote(core, session.workspaceId, note, parse(NoteInput, { body }), by(c))
    })
  })

  .post('/:id/notes/:note/delete', mayWrite, async (c) => {
    const { id, note } = c.req.param()
    await checkNote(c, id, note)
    await deleteNote(c.var.core, c.var.session.workspaceId, note, by(c))
    return c.redirect(`${pathOf(c, id)}#timeline`, 303)
  })

  .get('/:id/delete', mayWrite, async (c) => {
    const { core, session } = c.var
    const lead = await getLead(core, session.workspaceId, c.req.param('id'))
    return c.html(<DeletePage {...{ session, lead }} />)
  })

  .post('/:id/delete', mayWrite, async (c) => {
    await deleteLead(c.var.core, c.var.session.workspaceId, c.req.param('id'), by(c))
    return c.redirect('/admin/leads?deleted=1', 303)
  })

interface Saving extends Pick<Refused, 'form' | 'typed'> {
  id: string
  /** The one field of the form, where it has one, that every refusal belongs to; or what the form calls it. */
  field?: string | ((path: string) => string)
  anchor?: string
}

/** Back to the lead when it worked; the page with what was typed when something of it was refused. */
async function save(
  c: Context<SignedInEnv>,
  { id, form, typed, field, anchor = '' }: Saving,
  change: () => Promise<void>,
) {
  try {
    await change()
    return c.redirect(pathOf(c, id) + anchor, 303)
  } catch (error) {
    if (error instanceof Meanwhile) return c.html(await leadPage(c, id, { form, typed, issues: error.issues }), 409)
    if (!(error instanceof LeadNestError) || error.issues.length === 0) throw error
    const issues: Issue[] = error.issues.map(({ path, message }) => ({
      path: typeof field === 'function' ? field(path) : (field ?? path),
      message,
    }))
    return c.html(await leadPage(c, id, { form, typed, issues }), 422)
  }
}

function checkMeanwhile(issues: Issue[]): void {
  if (issues.length > 0) throw new Meanwhile(issues)
}

/** The page of the timeline that a form stood on comes with its address. */
function pathOf(c: Context<SignedInEnv>, id: string): string {
  const cursor = c.req.query('cursor')
  return `/admin/leads/${id}${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''}`
}

/** Browsers send line breaks as CR LF. */
const noteText = async (c: Context) => (await formText(c, 'body')).replaceAll('\r\n', '\n')

/** Throws `not_found` for a note of another lead. */
async function checkNote(c: Context<SignedInEnv>, leadId: string, id: string): Promise<void> {
  const found = await findNotes(c.var.core, c.var.session.workspaceId, leadId, [id])
  if (!found.has(id)) throw new LeadNestError('not_found', 'There is no such note.')
}
