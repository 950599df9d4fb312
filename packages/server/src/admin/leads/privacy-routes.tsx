import { eraseLead, exportLead, getLead, parse } from '@leadnest/core'
import { contract } from '@leadnest/core/contract'
import { Hono } from 'hono'
import { by } from '../by.ts'
import type { SignedInEnv } from '../env.ts'
import { formText } from '../fields.tsx'
import { may } from '../may.ts'
import { saved } from '../saved.ts'
import { ErasePage } from './privacy.tsx'

/** Exports and erasures of one lead. An export writes an event, so it is a POST. */
export const leadPrivacy = new Hono<SignedInEnv>()
  .post('/:id/export', may('privacy:read'), async (c) => {
    const { core, session } = c.var
    const everything = await exportLead(core, session.workspaceId, c.req.param('id'), by(c))
    return c.body(JSON.stringify(everything, null, 2), 200, {
      'content-type': 'application/json',
      'content-disposition': `attachment; filename="lead-${everything.lead.id}.json"`,
      'cache-control': 'no-store',
    })
  })

  .get('/:id/erase', may('privacy:write'), async (c) => {
    const { core, session } = c.var
    const lead = await getLead(core, session.workspaceId, c.req.param('id'))
    return c.html(<ErasePage {...{ session, lead }} issues={[]} />)
  })

  .post('/:id/erase', may('privacy:write'), async (c) => {
    const { core, session } = c.var
    const lead = await getLead(core, session.workspaceId, c.req.param('id'))
    return saved(
      c,
      () => '/admin/leads?erased=1',
      async () => {
        const sent = { reason: await formText(c, 'reason') }
        await eraseLead(
          core,
          session.workspaceId,
          lead.id,
          parse(contract['POST /v1/leads/:id/erase'].body, sent),
          by(c),
        )
      },
      (issues) => <ErasePage {...{ session, lead, issues }} />,
    )
  })
