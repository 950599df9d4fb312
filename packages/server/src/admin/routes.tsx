import { LeadNestError } from '@leadnest/core'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { accountPages } from './account/routes.tsx'
import { assets } from './assets/routes.ts'
import { conversationPages } from './conversations/routes.tsx'
import { ownOriginOnly } from './csrf.ts'
import { duplicatePages } from './duplicates/routes.tsx'
import type { AdminDeps, AdminEnv } from './env.ts'
import { formPages } from './forms/routes.tsx'
import { heldPages } from './held/routes.tsx'
import { invitePage } from './invite/routes.tsx'
import { jobPages } from './jobs/routes.tsx'
import { leadPages } from './leads/routes.tsx'
import { live } from './live/routes.ts'
import { largePaths, ownPages, uploadPaths } from './plugins/routes.tsx'
import { privacyRequestPages } from './privacy/routes.tsx'
import { answerError, renderNotFound } from './problem-page.tsx'
import { reportPages } from './reports/routes.tsx'
import { resetPages } from './reset/routes.tsx'
import { requireSession, withSession } from './session.ts'
import { settingsPages } from './settings/routes.tsx'
import { setupPages } from './setup/routes.tsx'
import { signInPages } from './sign-in/routes.tsx'
import { signOut } from './sign-out/routes.ts'
import { workspaceSwitch } from './workspace/routes.ts'

/** 64 KiB, for forms that people fill in. */
const usualSize = 64 * 1024
const largeSize = 2 * 1024 * 1024

const upTo = (maxSize: number) =>
  bodyLimit({
    maxSize,
    onError() {
      throw new LeadNestError('body_too_large', `This is larger than ${maxSize / 1024} KiB. Send less of it.`)
    },
  })

/** The server-rendered admin, in the order a request meets it. Mounted at /admin. */
export function adminPages(deps: AdminDeps): Hono<AdminEnv> {
  const [usual, large] = [upTo(usualSize), upTo(largeSize)]
  const uploads = uploadPaths(deps.core.plugins)
  const wide = largePaths(deps.core.plugins)
  return new Hono<AdminEnv>()
    .onError(answerError)
    .use(function limitBody(c, next) {
      const isAt = (paths: RegExp[]) => paths.some((path) => path.test(c.req.path))
      return isAt(uploads) ? next() : isAt(wide) ? large(c, next) : usual(c, next)
    })
    .route('/assets', assets)

    .use(async function neverStored(c, next) {
      await next()
      c.header('cache-control', 'no-store')
    })
    .use(async function provide(c, next) {
      c.set('core', deps.core)
      c.set('feed', deps.feed)
      c.set('publicUrl', deps.publicUrl)
      c.set('production', deps.production)
      return next()
    })
    .use(ownOriginOnly)
    .use(withSession)

    .route('/sign-in', signInPages)
    .route('/setup', setupPages)
    .route('/reset', resetPages)
    .route('/invite', invitePage)
    .route('/sign-out', signOut)
    .route('/live', live)

    .use(requireSession)
    .get('/', (c) => c.redirect('/admin/leads', 303))
    .route('/leads', leadPages)
    .route('/conversations', conversationPages)
    .route('/forms', formPages)
    .route('/held', heldPages)
    .route('/jobs', jobPages)
    .route('/privacy-requests', privacyRequestPages)
    .route('/duplicates', duplicatePages)
    .route('/reports', reportPages)
    .route('/plugins', ownPages(deps.core.plugins))
    .route('/settings', settingsPages)
    .route('/account', accountPages)
    .route('/workspace', workspaceSwitch)
    .all('*', (c) => renderNotFound(c))
}
