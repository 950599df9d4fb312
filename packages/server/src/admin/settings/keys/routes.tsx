import { giveApiKey, type Issue, listApiKeys, NewApiKey, parse, revokeApiKey } from '@leadnest/core'
import { type Context, Hono } from 'hono'
import { by } from '../../by.ts'
import type { SignedInEnv } from '../../env.ts'
import { formText, formTexts } from '../../fields.tsx'
import { may } from '../../may.ts'
import { answered, saved } from '../../saved.ts'
import { ends, KeysPage, type TypedKey } from './page.tsx'

const path = '/admin/settings/keys'

export const keyPages = new Hono<SignedInEnv>()
  .use(may('keys:read'))
  .get('/', async (c) => c.html(await listPage(c)))

  .post('/', may('keys:write'), async (c) => {
    const { core, session } = c.var
    const typed: TypedKey = {
      kind: await formText(c, 'kind'),
      name: await formText(c, 'name'),
      scopes: await formTexts(c, 'scopes'),
      days: await formText(c, 'days'),
      origins: await formText(c, 'origins'),
    }
    return answered(
      c,
      async () => {
        const { text } = await giveApiKey(core, parse(NewApiKey, inputOf(typed, core.now())), {
          principal: session,
          source: 'admin',
        })
        return c.html(await listPage(c, { made: text }))
      },
      (issues) => listPage(c, { typed, issues: issues.map(atForm) }),
    )
  })

  .post('/:id/revoke', may('keys:write'), async (c) => {
    const { core, session } = c.var
    return saved(
      c,
      path,
      () => revokeApiKey(core, session.workspaceId, c.req.param('id'), by(c)),
      (issues) => listPage(c, { issues }),
    )
  })

/** Scopes are ticked before somebody chooses a publishable key, so they are left out there. */
function inputOf({ kind, name, scopes, days, origins }: TypedKey, now: Date) {
  const lasts = ends.some(([known]) => known === days) ? Number(days) : 0
  return {
    kind,
    name,
    scopes: kind === 'publishable' ? [] : scopes,
    origins: origins
      .split(/[\s,]+/)
      .map((origin) => origin.trim())
      .filter(Boolean),
    expiresAt: lasts > 0 ? new Date(now.getTime() + lasts * 86_400_000).toISOString() : null,
  }
}

/** The form has one field for all origins, and one for all scopes. */
const atForm = ({ path, message }: Issue): Issue => ({ path: path.replace(/^(origins|scopes)\.\d+$/, '$1'), message })

async function listPage(c: Context<SignedInEnv>, shown: { made?: string; typed?: TypedKey; issues?: Issue[] } = {}) {
  const { core, session } = c.var
  const keys = (await listApiKeys(core, session.workspaceId)).filter(({ revokedAt }) => revokedAt === null)
  return <KeysPage {...{ session, keys, now: core.now(), ...shown }} justSaved={c.req.query('saved') === '1'} />
}
