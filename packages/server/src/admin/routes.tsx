import { Hono } from 'hono'
import { assets } from './assets/routes.ts'
import { ownOriginOnly } from './csrf.ts'
import type { AdminDeps, AdminEnv } from './env.ts'
import { formPages } from './forms/routes.tsx'
import { heldPages } from './held/routes.tsx'
import { leadPages } from './leads/routes.tsx'
import { live } from './live/routes.ts'
import { answerError, renderNotFound } from './problem-page.tsx'
import { requireSession, withSession } from './session.ts'
import { setupPages } from './setup/routes.tsx'
import { signInPages } from './sign-in/routes.tsx'
import { signOut } from './sign-out/routes.ts'
import { workspaceSwitch } from './workspace/routes.ts'

/** The server-rendered admin, in the order a request meets it. Mounted at /admin. */
export function adminPages(deps: AdminDeps): Hono<AdminEnv> {
  return new Hono<AdminEnv>()
    .onError(answerError)
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
      c.set('closing', deps.closing)
      return next()
    })
    .use(ownOriginOnly)
    .use(withSession)

    .route('/sign-in', signInPages)
    .route('/setup', setupPages)
    .route('/sign-out', signOut)
    .route('/live', live)

    .use(requireSession)
    .get('/', (c) => c.redirect('/admin/leads', 303))
    .route('/leads', leadPages)
    .route('/forms', formPages)
    .route('/held', heldPages)
    .route('/workspace', workspaceSwitch)
    .all('*', (c) => renderNotFound(c))
}
