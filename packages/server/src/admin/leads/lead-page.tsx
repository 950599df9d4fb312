import {
  actionsFor,
  getLead,
  getLeadScore,
  getWorkspaceSettings,
  listChannels,
  listConsents,
  listDuplicates,
  listFields,
  listForms,
  listMembers,
  listMerges,
  listPipelines,
  listSubmissions,
  listTags,
  listTimeline,
  readImportNames,
} from '@leadnest/core'
import type { Context } from 'hono'
import { waysTo } from '../conversations/ways.ts'
import type { SignedInEnv } from '../env.ts'
import { noticeOf } from '../notice.tsx'
import { panelsOf } from '../plugins/panels.tsx'
import { notesOf } from './notes.tsx'
import type { Refused } from './refused.ts'
import { LeadPage } from './show-page.tsx'
import { importOf } from './timeline.tsx'

/** Everything about one lead, and the form that was refused where one was. Throws `not_found`, `invalid_cursor`. */
export async function leadPage(c: Context<SignedInEnv>, id: string, refused?: Refused) {
  const { core, session } = c.var
  const { workspaceId } = session
  const lead = await getLead(core, workspaceId, id)
  const cursor = c.req.query('cursor') || undefined
  const readTimeline = async () => {
    const timeline = await listTimeline(core, workspaceId, lead.id, { limit: 50, cursor })
    const [notes, imports] = await Promise.all([
      notesOf(core, workspaceId, lead.id, timeline.data),
      readImportNames(core, workspaceId, timeline.data.flatMap(importOf)),
    ])
    return { ...timeline, cursor, notes, imports }
  }
  const [
    timeline,
    submissions,
    forms,
    pipelines,
    members,
    tags,
    fields,
    score,
    duplicates,
    merges,
    settings,
    consents,
    panels,
    actions,
    channels,
  ] = await Promise.all([
    readTimeline(),
    listSubmissions(core, workspaceId, { leadId: lead.id, limit: 20 }),
    listForms(core, workspaceId),
    listPipelines(core, workspaceId),
    listMembers(core, workspaceId),
    listTags(core, workspaceId),
    listFields(core, workspaceId),
    getLeadScore(core, workspaceId, lead.id),
    listDuplicates(core, workspaceId, { leadId: lead.id, limit: 5 }),
    listMerges(core, workspaceId, lead.id),
    getWorkspaceSettings(core, workspaceId),
    listConsents(core, workspaceId, lead.id, { limit: 20 }),
    panelsOf(c, { place: 'lead', lead }),
    actionsFor(core, session, 'lead'),
    listChannels(core, workspaceId),
  ])
  const known = { forms, pipelines, members, tags, fields, score, duplicates: duplicates.data, merges, consents }
  const { timeZone } = settings
  const ways = waysTo(lead, channels)
  const came = { merged: c.req.query('merged') === '1', restored: c.req.query('restored') }
  return (
    <LeadPage
      {...{ session, lead, timeline, submissions, known, panels, actions, ways, timeZone, came, refused }}
      notice={noticeOf(c)}
    />
  )
}
