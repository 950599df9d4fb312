import {
  getSubmission,
  LeadNestError,
  listConfirmationLinks,
  listForms,
  listSubmissions,
  markManySpam,
  markSpam,
  releaseSubmission,
  releaseSubmissions,
  type Submission,
} from '@leadnest/core'
import { type Context, Hono } from 'hono'
import { by } from '../by.ts'
import type { SignedInEnv } from '../env.ts'
import { formText, formTexts } from '../fields.tsx'
import { may } from '../may.ts'
import { linkPages } from './link-routes.tsx'
import { HeldPage } from './page.tsx'
import { SubmissionPage } from './show-page.tsx'

const one = { release: releaseSubmission, spam: markSpam }
const many = { release: releaseSubmissions, spam: markManySpam }
type Deed = keyof typeof one
const told = { release: 'released', spam: 'spam' } as const

export const heldPages = new Hono<SignedInEnv>()
  .route('/', linkPages)
  .get('/', async (c) => c.html(await listPage(c)))

  .get('/:id', async (c) => c.html(await showPage(c, c.req.param('id'))))

  .post('/release', may('leads:write'), (c) => decideMany(c, 'release'))
  .post('/spam', may('leads:write'), (c) => decideMany(c, 'spam'))
  .post('/:id/release', may('leads:write'), (c) => decide(c, c.req.param('id'), 'release'))
  .post('/:id/spam', may('leads:write'), (c) => decide(c, c.req.param('id'), 'spam'))

async function decideMany(c: Context<SignedInEnv>, deed: Deed) {
  const [ids, verdict] = [await formTexts(c, 'ids'), await formText(c, 'verdict')]
  if (ids.length === 0) return c.html(await listPage(c, 'Tick some first.'), 422)
  const done = await many[deed](c.var.core, c.var.session.workspaceId, ids, by(c))
  return c.redirect(listPath(verdict, deed, done.length), 303)
}

async function decide(c: Context<SignedInEnv>, id: string, deed: Deed) {
  try {
    const { leadId } = await one[deed](c.var.core, c.var.session.workspaceId, id, by(c))
    return c.redirect(deed === 'release' && leadId ? `/admin/leads/${leadId}` : listPath('held', deed, 1), 303)
  } catch (error) {
    if (!(error instanceof LeadNestError) || error.code !== 'submission_accepted') throw error
    return c.html(await showPage(c, id, error.message), 409)
  }
}

const listPath = (verdict: string, deed: Deed, count: number) =>
  `/admin/held?${verdict === 'spam' ? 'verdict=spam&' : ''}${told[deed]}=${count}`

async function listPage(c: Context<SignedInEnv>, refused?: string) {
  const { core, session } = c.var
  const shown = c.req.query('verdict') === 'spam' ? 'spam' : 'held'
  const cursor = c.req.query('cursor') || undefined
  const [{ data: submissions, nextCursor }, forms] = await Promise.all([
    listSubmissions(core, session.workspaceId, { verdict: [shown], limit: 30, ...(cursor && { cursor }) }),
    listForms(core, session.workspaceId),
  ])
  const links = await linksOf(c, submissions)
  const done = (['released', 'spam'] as const)
    .map((what) => ({ what, count: Number(c.req.query(what)) }))
    .find(({ count }) => count > 0)
  return (
    <HeldPage
      {...{ session, shown, submissions, nextCursor, forms, links, done }}
      isFirstPage={!cursor}
      {...(refused && { refused })}
    />
  )
}

async function showPage(c: Context<SignedInEnv>, id: string, refused?: string) {
  const { core, session } = c.var
  const [submission, forms] = await Promise.all([
    getSubmission(core, session.workspaceId, id),
    listForms(core, session.workspaceId),
  ])
  const links = (await linksOf(c, [submission])).get(id)
  return <SubmissionPage {...{ session, submission, forms, links }} {...(refused && { refused })} />
}

const linksOf = ({ var: { core, session } }: Context<SignedInEnv>, submissions: Submission[]) =>
  listConfirmationLinks(
    core,
    session.workspaceId,
    submissions.filter(({ reasons }) => reasons.includes('awaiting_confirmation')).map(({ id }) => id),
  )
