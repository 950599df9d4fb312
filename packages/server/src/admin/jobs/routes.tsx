import { cancelJob, getJob, listJobs, undoJob } from '@leadnest/core'
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
    const job = await getJob(c.var.core, c.var.session.workspaceId, c.req.param('id'))
    return c.html(<JobPage session={c.var.session} job={job} />)
  })

  .post('/:id/cancel', mayWrite, async (c) => {
    const { id } = await cancelJob(c.var.core, c.var.session.workspaceId, c.req.param('id'), by(c), c.var.session)
    return c.redirect(`/admin/jobs/${id}`, 303)
  })

  .post('/:id/undo', mayWrite, async (c) => {
    const { id } = await undoJob(c.var.core, c.var.session.workspaceId, c.req.param('id'), by(c), c.var.session)
    return c.redirect(`/admin/jobs/${id}`, 303)
  })
