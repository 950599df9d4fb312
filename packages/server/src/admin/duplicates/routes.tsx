import { dismissDuplicate, LeadNestError, listDuplicates } from '@leadnest/core'
import { Hono } from 'hono'
import { by } from '../by.ts'
import type { SignedInEnv } from '../env.ts'
import { may } from '../may.ts'
import { DuplicatesPage } from './page.tsx'

const path = '/admin/duplicates'

export const duplicatePages = new Hono<SignedInEnv>()
  .use(may('leads:read'))
  .get('/', async (c) => {
    const { core, session } = c.var
    const cursor = c.req.query('cursor') || undefined
    try {
      const { data: pairs, nextCursor } = await listDuplicates(core, session.workspaceId, { limit: 30, cursor })
      return c.html(<DuplicatesPage {...{ session, pairs, cursor, nextCursor }} />)
    } catch (error) {
      // A shortened or outdated link still leads to the list.
      if (error instanceof LeadNestError && error.code === 'invalid_cursor') return c.redirect(path, 303)
      throw error
    }
  })

  .post('/:pair/dismiss', may('leads:write'), async (c) => {
    await dismissDuplicate(c.var.core, c.var.session.workspaceId, c.req.param('pair'), by(c))
    const cursor = c.req.query('cursor')
    return c.redirect(cursor ? `${path}?cursor=${encodeURIComponent(cursor)}` : path, 303)
  })
