import { addSuppression, type Issue, listSuppressions, parse, removeSuppression } from '@leadnest/core'
import { contract } from '@leadnest/core/contract'
import { type Context, Hono } from 'hono'
import { by } from '../../by.ts'
import type { SignedInEnv } from '../../env.ts'
import { formText } from '../../fields.tsx'
import { may } from '../../may.ts'
import { answered, saved } from '../../saved.ts'
import { path, SuppressionsPage, type TypedSuppression } from './page.tsx'

export const suppressionPages = new Hono<SignedInEnv>()
  .use(may('leads:read'))
  .get('/', (c) =>
    answered(
      c,
      async () => c.html(await listPage(c, {})),
      (issues) => listPage(c, { issues: issues.map(({ message }) => ({ path: 'look', message })), unlooked: true }),
    ),
  )

  .post('/', may('leads:write'), async (c) => {
    const { core, session } = c.var
    const typed: TypedSuppression = {
      channel: await formText(c, 'channel'),
      address: await formText(c, 'address'),
      purpose: await formText(c, 'purpose'),
      reason: await formText(c, 'reason'),
    }
    const { channel, address, purpose, reason } = typed
    return saved(
      c,
      path,
      () =>
        addSuppression(
          core,
          session.workspaceId,
          parse(contract['POST /v1/suppressions'].body, {
            channel: channel.trim(),
            address,
            purpose: purpose.trim() || null,
            reason: reason.trim() || null,
          }),
          by(c),
        ),
      (issues) => listPage(c, { typed, issues }),
    )
  })

  .post('/:id/delete', may('leads:write'), async (c) =>
    saved(
      c,
      path,
      () => removeSuppression(c.var.core, c.var.session.workspaceId, c.req.param('id'), by(c)),
      (issues) => listPage(c, { issues }),
    ),
  )

interface Shown {
  typed?: TypedSuppression
  issues?: Issue[]
  /** What was looked for could not be read. */
  unlooked?: boolean
}

async function listPage(c: Context<SignedInEnv>, { unlooked = false, ...shown }: Shown) {
  const { core, session } = c.var
  const address = c.req.query('address')?.trim()
  const looked = address ? { address, channel: address.includes('@') ? 'email' : 'sms' } : undefined
  const cursor = c.req.query('cursor') || undefined
  const { data, nextCursor } = await listSuppressions(core, session.workspaceId, {
    limit: 50,
    cursor,
    ...(!unlooked && looked),
  })
  return (
    <SuppressionsPage
      {...{ session, suppressions: data, nextCursor, looked, ...shown }}
      justSaved={c.req.query('saved') === '1'}
    />
  )
}
