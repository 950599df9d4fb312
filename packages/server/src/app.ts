import { type Core, LeadNestError } from '@leadnest/core'
import { Hono } from 'hono'
import type { Logger } from 'pino'
import { adminPages } from './admin/routes.tsx'
import { assignmentRoutes } from './api/assignment.ts'
import { authRoutes } from './api/auth.ts'
import { confirmationRoutes } from './api/confirmations.ts'
import { consentRoutes } from './api/consents.ts'
import { eventRoutes } from './api/events.ts'
import { fieldRoutes } from './api/fields.ts'
import { formRoutes } from './api/forms.ts'
import { inviteRoutes } from './api/invites.ts'
import { jobRoutes } from './api/jobs.ts'
import { keyRoutes } from './api/keys.ts'
import { leadRoutes } from './api/leads.ts'
import { memberRoutes } from './api/members.ts'
import { mergeRoutes } from './api/merges.ts'
import { messageRoutes } from './api/messages.ts'
import { noteRoutes } from './api/notes.ts'
import { ownRoutes } from './api/own.ts'
import { pipelineRoutes } from './api/pipelines.ts'
import { pluginRoutes } from './api/plugins.ts'
import { preferenceRoutes } from './api/preferences.ts'
import { privacyRoutes } from './api/privacy.ts'
import { privacyRequestRoutes } from './api/privacy-requests.ts'
import { receiptRoutes, wellKnown } from './api/receipts.ts'
import { reportRoutes } from './api/reports.ts'
import { scoreRoutes } from './api/scores.ts'
import { segmentRoutes } from './api/segments.ts'
import { submissionRoutes } from './api/submissions.ts'
import { errorPages } from './errors/routes.tsx'
import type { Feed } from './feed.ts'
import { publicFiles } from './files.ts'
import { type Health, healthRoutes } from './health.ts'
import { confirmPages } from './hosted/confirm/routes.tsx'
import { preferencePages } from './hosted/preferences/routes.tsx'
import { hostedForms } from './hosted/routes.tsx'
import { credentials, refuseWrongCredentials } from './http/access.ts'
import type { AccessTokens } from './http/access-token.ts'
import { knowClient } from './http/client-address.ts'
import { endpoints, pluginEndpoints } from './http/endpoint.ts'
import type { Env } from './http/env.ts'
import { httpsOnly } from './http/https-only.ts'
import { cors } from './http/origins.ts'
import { pathPattern } from './http/path-pattern.ts'
import { onError, problem } from './http/problem.ts'
import { noLimits, type RateLimits, rateLimits } from './http/rate-limits.ts'
import { requestLog } from './http/request-log.ts'
import { securityHeaders } from './http/security-headers.ts'
import { reference } from './openapi/reference.ts'
import { pluginAnswers } from './plugins/routes.ts'

export interface AppOptions {
  core: Core
  log: Logger
  health: Health
  feed: Feed
  accessTokens: AccessTokens
  publicBaseUrl: string
  production: boolean
  corsAllowedOrigins: string[]
  /** How many entries of X-Forwarded-* our own proxies write; none is believed unless told. */
  trustedProxyHops?: number
  /** No limits unless told. */
  limits?: RateLimits
  /** Whether browsers are told to use https only, subdomains too: in production, unless told. */
  hsts?: boolean
}

/** The whole server, in the order a request meets it. */
export function createApp({
  core,
  log,
  health,
  feed,
  accessTokens,
  publicBaseUrl,
  production,
  corsAllowedOrigins,
  trustedProxyHops = 0,
  limits = noLimits,
  hsts = production,
}: AppOptions) {
  const origins = { publicBaseUrl, production, corsAllowedOrigins }
  const limited = rateLimits(core, limits)
  const app = new Hono<Env>()
  app.onError(onError)

  app.use((_, next) => core.foreground.run(next))
  app.use(requestLog(log, publicBaseUrl))
  app.use(knowClient(trustedProxyHops))
  app.use(securityHeaders({ hsts }))
  app.route('/', healthRoutes(health))
  app.use('/v1/*', cors(origins))
  app.use(httpsOnly({ production, publicBaseUrl, trustedProxyHops }))
  app.route('/', publicFiles())
  app.route('/.well-known', wellKnown(core))

  app.use('/v1/*', limited.guesses)
  app.use('/v1/*', credentials(core, accessTokens))
  app.use('/v1/*', limited.api, refuseWrongCredentials)
  const mount = endpoints(app, core)
  authRoutes(mount, accessTokens)
  eventRoutes(mount, feed, accessTokens)
  fieldRoutes(mount)
  formRoutes(mount, origins)
  ownRoutes(mount)
  inviteRoutes(mount, { publicBaseUrl })
  keyRoutes(mount)
  leadRoutes(mount)
  jobRoutes(mount, limited)
  memberRoutes(mount)
  assignmentRoutes(mount)
  scoreRoutes(mount)
  segmentRoutes(mount)
  submissionRoutes(mount)
  preferenceRoutes(mount, { publicBaseUrl })
  privacyRequestRoutes(mount)
  receiptRoutes(mount)
  reportRoutes(mount)
  mergeRoutes(mount)
  confirmationRoutes(mount, { publicBaseUrl })
  consentRoutes(mount)
  messageRoutes(mount)
  noteRoutes(mount)
  privacyRoutes(mount)
  pipelineRoutes(mount)
  pluginRoutes(mount)
  pluginEndpoints(app, core)
  app.route('/', reference(publicBaseUrl, core.plugins))

  app.route('/errors', errorPages)
  app.route('/plugins', pluginAnswers(core, publicBaseUrl, limited.api))

  app.route('/f', hostedForms(core, origins, limited.hosted))
  app.route('/c', confirmPages(core, limited.hosted))
  app.route('/p', preferencePages(core, limited.hosted))
  app.route('/admin', adminPages({ core, feed, publicUrl: publicBaseUrl, production }))
  app.get('/', (c) => c.redirect('/admin'))

  const routes = patternsOf(app)
  app.notFound((c) => {
    const allowed = [...new Set(routes.filter(({ path }) => path.test(c.req.path)).map(({ method }) => method))]
    if (allowed.length === 0) return problem(c, new LeadNestError('not_found', 'There is nothing at this address.'))
    c.header('allow', allowed.join(', '))
    return problem(c, new LeadNestError('method_not_allowed', `Use ${allowed.join(' or ')} here.`))
  })
  return app
}

/** The routes that are there for a method. */
function patternsOf(app: Hono<Env>): { method: string; path: RegExp }[] {
  return app.routes
    .filter(({ method, path }) => method !== 'ALL' && !path.includes('*'))
    .map(({ method, path }) => ({ method, path: pathPattern(path) }))
}
