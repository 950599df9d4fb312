import { attachment, cancelJob, getExport, getJob, listJobs, openExport, streamOf, undoJob } from '@leadnest/core'
import { Hono } from 'hono'
import { by } from '../by.ts'
import type { SignedInEnv } from '../env.ts'
import { may } from '../may.ts'
import { JobPage, JobsPage } from './pages.tsx'

const mayWrite = may('leads:write')

export const jobPages = new Hono<SignedInEnv>()
  .use(may('leads:read'))
  .get('/', async (c) => {
    const { core, session } = c.var
    const cursor = c.req.query('cursor') || undefined
    const { data: jobs, nextCursor } = await listJobs(core, session.workspaceId, { limit: 30, cursor })
    return c.html(<JobsPage {...{ session, jobs, nextCursor }} />)
  })

  .get('/:id', async (c) => {
    const { core, session } = c.var
    const job = await getJob(core, session.workspaceId, c.req.param('id'))
    const written = job.kind === 'export' ? await getExport(core, session.workspaceId, job.id) : undefined
    return c.html(<JobPage {...{ session, job, written }} />)
  })

  .get('/:id/file', may('privacy:read'), async (c) => {
    const file = await openExport(c.var.core, c.var.session.workspaceId, c.req.param('id'))
    c.header('content-type', file.type)
    c.header('content-disposition', attachment(file.name))
    return c.body(streamOf(file.read()))
  })

  .post('/:id/cancel', mayWrite, async (c) => {
    const { id } = await cancelJob(c.var.core, c.var.session.workspaceId, c.req.param('id'), by(c), c.var.session)
    return c.redirect(`/admin/jobs/${id}`, 303)
  })

  .post('/:id/undo', mayWrite, async (c) => {
    const { id } = await undoJob(c.var.core, c.var.session.workspaceId, c.req.param('id'), by(c), c.var.session)
    return c.redirect(`/admin/jobs/${id}`, 303)
  })
