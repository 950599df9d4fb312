import {
  beginTotp,
  changePassword,
  confirmTotp,
  disableTotp,
  endAllSessions,
  endOwnSession,
  getTotp,
  limitLogins,
  listOwnSessions,
  OwnAccountPatch,
  openSession,
  parse,
  updateOwnAccount,
} from '@leadnest/core'
import { type Context, Hono } from 'hono'
import type { SignedInEnv } from '../env.ts'
import { formText } from '../fields.tsx'
import { answered, saved } from '../saved.ts'
import { keepSession } from '../session.ts'
import { type AccountForm, AccountPage } from './page.tsx'
import { RecoveryCodesPage, SetUpTotpPage } from './totp-pages.tsx'

const path = '/admin/account'
const asker = (c: Context<SignedInEnv>) => ({ principal: c.var.session, source: 'admin' as const })

/** A password or a code that is tried here counts as a log-in. */
const limited = <T,>(c: Context<SignedInEnv>, attempt: () => Promise<T>) =>
  limitLogins(c.var.core, { email: c.var.session.user.email, from: c.var.client }, attempt)

export const accountPages = new Hono<SignedInEnv>()
  .get('/', async (c) => c.html(await accountPage(c)))

  .post('/name', async (c) => {
    const name = await formText(c, 'name')
    return saved(
      c,
      path,
      () => updateOwnAccount(c.var.core, parse(OwnAccountPatch, { name }), asker(c)),
      (issues) => accountPage(c, { form: 'name', issues, name }),
    )
  })

  .post('/password', async (c) => {
    const { core, session } = c.var
    const [current, password] = [await formText(c, 'current'), await formText(c, 'password')]
    return saved(
      c,
      path,
      async () => {
        await limited(c, () => changePassword(core, { current, password }, asker(c)))
        // The session that asked has ended with the others; this browser goes on in one of its own.
        keepSession(c, await openSession(core, session.user, session.workspaceId, c.req.header('user-agent')))
      },
      (issues) => accountPage(c, { form: 'password', issues }),
    )
  })

  .post('/totp', async (c) => {
    const { core, session } = c.var
    const password = await formText(c, 'totp-password')
    return answered(
      c,
      async () => {
        const begun = await limited(c, () => beginTotp(core, password, asker(c)))
        return c.html(<SetUpTotpPage session={session} begun={begun} />)
      },
      (issues) => accountPage(c, { form: 'totp', issues: atForm(issues) }),
    )
  })

  .post('/totp/confirm', async (c) => {
    const { core, session } = c.var
    const code = await formText(c, 'code')
    return answered(
      c,
      async () => {
        const { recoveryCodes } = await confirmTotp(core, code, asker(c))
        return c.html(<RecoveryCodesPage session={session} codes={recoveryCodes} />)
      },
      (issues) => <SetUpTotpPage session={session} issues={issues} />,
    )
  })

  .post('/totp/disable', async (c) => {
    const [password, code] = [await formText(c, 'totp-password'), await formText(c, 'code')]
    return saved(
      c,
      path,
      () => limited(c, () => disableTotp(c.var.core, { password, code }, asker(c))),
      (issues) => accountPage(c, { form: 'totp', issues: atForm(issues) }),
    )
  })

  .post('/sessions/end-others', async (c) => {
    await endAllSessions(c.var.core, c.var.session.user.id, c.var.session.id)
    return c.redirect(`${path}?saved=1`, 303)
  })

  .post('/sessions/:id/end', async (c) => {
    await endOwnSession(c.var.core, c.req.param('id'), c.var.session)
    return c.redirect(`${path}?saved=1`, 303)
  })

/** The page has another field for a password, so the one of the second step goes by another name. */
const atForm = (issues: { path: string; message: string }[]) =>
  issues.map((issue) => (issue.path === 'password' ? { ...issue, path: 'totp-password' } : issue))

async function accountPage(
  c: Context<SignedInEnv>,
  refused?: { form: AccountForm; issues: { path: string; message: string }[]; name?: string },
) {
  const { core, session } = c.var
  const [sessions, totp] = await Promise.all([listOwnSessions(core, session), getTotp(core, asker(c))])
  const justSaved = !refused && c.req.query('saved') === '1'
  return <AccountPage {...{ session, sessions, totp, justSaved, refused }} />
}
