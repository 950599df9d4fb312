import { createInvite, type Issue, inviteLink, listInvites, NewInvite, parse, revokeInvite } from '@leadnest/core'
import { type Context, Hono } from 'hono'
import type { SignedInEnv } from '../../env.ts'
import { formText } from '../../fields.tsx'
import { may } from '../../may.ts'
import { answered, saved } from '../../saved.ts'
import { InvitesPage } from './invites-page.tsx'

const path = '/admin/settings/members/invites'
const asker = (c: Context<SignedInEnv>) => ({ principal: c.var.session, source: 'admin' as const })

export const invitePages = new Hono<SignedInEnv>()
  .use(may('members:read'))
  .get('/', async (c) => c.html(await listPage(c)))

  .post('/', async (c) => {
    const typed = { email: await formText(c, 'email'), role: await formText(c, 'role') }
    return answered(
      c,
      async () => {
        const { invite, token, sent } = await createInvite(c.var.core, parse(NewInvite, typed), asker(c))
        return c.html(
          await listPage(c, { made: { email: invite.email, link: inviteLink(c.var.publicUrl, token), sent } }),
        )
      },
      (issues) => listPage(c, { typed, issues }),
    )
  })

  .post('/:id/revoke', async (c) =>
    saved(
      c,
      path,
      () => revokeInvite(c.var.core, c.req.param('id'), asker(c)),
      (issues) => listPage(c, { issues }),
    ),
  )

async function listPage(
  c: Context<SignedInEnv>,
  shown: {
    made?: { email: string; link: string; sent: boolean }
    typed?: { email: string; role: string }
    issues?: Issue[]
  } = {},
) {
  const { core, session } = c.var
  const invites = await listInvites(core, session.workspaceId)
  return <InvitesPage {...{ session, invites, ...shown }} justSaved={c.req.query('saved') === '1'} />
}
