import { actionsFor, getLead, isId, newId, notFound, type OfferedAction, runAction } from '@leadnest/core'
import { type Context, Hono } from 'hono'
import { by } from '../by.ts'
import type { SignedInEnv } from '../env.ts'
import { withNotice } from '../notice.tsx'
import { atControl, prefixOf } from '../plugins/actions.tsx'
import { typedIn } from '../plugins/call.tsx'
import { valuesIn } from '../plugins/controls.tsx'
import { answered } from '../saved.ts'
import { ActionPage } from './action-page.tsx'

/** What plugins do to one lead. */
export const leadActions = new Hono<SignedInEnv>()
  .get('/:id/actions/:plugin/:action', async (c) => {
    const { core, session } = c.var
    const action = await offered(c)
    const lead = await getLead(core, session.workspaceId, c.req.param('id'))
    return c.html(<ActionPage {...{ session, lead, action }} />)
  })

  .post('/:id/actions/:plugin/:action', async (c) => {
    const { core, session } = c.var
    const action = await offered(c)
    const lead = await getLead(core, session.workspaceId, c.req.param('id'))
    const typed = await typedIn(c)
    const { plugin: pluginId, input: schema } = action
    const input = schema ? valuesIn({ pluginId, schema, typed, prefix: prefixOf(action) }) : {}
    const idempotencyKey = `${session.id}:${isId(typed.key ?? '') ? typed.key : newId()}`
    return answered(
      c,
      async () => {
        const name = { plugin: action.plugin, action: action.action }
        const { message } = await runAction(core, session, lead.id, { ...name, input, idempotencyKey }, by(c))
        return c.redirect(withNotice(c, `/admin/leads/${lead.id}`, message), 303)
      },
      (issues) => (
        <ActionPage {...{ session, lead, action, typed }} issues={issues.map((issue) => atControl(action, issue))} />
      ),
    )
  })

/** Throws `not_found` for what is not there, is off, or is not for them. */
async function offered(c: Context<SignedInEnv>): Promise<OfferedAction> {
  const { plugin, action } = c.req.param() as Record<string, string>
  const all = await actionsFor(c.var.core, c.var.session, 'lead')
  const found = all.find((one) => one.plugin === plugin && one.action === action)
  if (!found) throw notFound('action')
  return found
}
