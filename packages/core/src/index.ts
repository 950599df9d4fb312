export { type Me, Role, Scope, type User, type Workspace } from './accounts/account.ts'
export { type ApiKey, createApiKey, findApiKey, listApiKeys, revokeApiKey } from './accounts/api-keys.ts'
export { demand, describe, findMember, type Principal } from './accounts/principal.ts'
export {
  authenticate,
  endSession,
  findSession,
  type Session,
  type SessionToken,
  signIn,
  switchWorkspace,
} from './accounts/sessions.ts'
export { createUser, findUser, needsSetup, setPassword, setUpOwner, setupToken } from './accounts/users.ts'
export { createWorkspace, firstWorkspace } from './accounts/workspaces.ts'
export { type Core, type CoreOptions, createCore } from './core.ts'
export { type ErrorCode, type Issue, invalid, LeadNestError } from './errors.ts'
export type { Actor, Event, EventType, Source } from './events/event.ts'
export { listTimeline } from './events/list-timeline.ts'
export { contactForm, createForm, type NewForm } from './forms/create-form.ts'
export { type FoundForm, findForm, getForm, listForms, publish } from './forms/find-form.ts'
export { Field, type Form, FormSlug, type PublishedForm } from './forms/form.ts'
export { issueFormToken } from './forms/form-token.ts'
export { setFormOrigins } from './forms/set-origins.ts'
export { isId, newId } from './id.ts'
export { fingerprintOf, type IdempotencyKey, readIdempotencyKey } from './idempotency/records.ts'
export { crontab, tasks } from './jobs/tasks.ts'
export { captureLead, type Door } from './leads/capture-lead.ts'
export { createLead } from './leads/create-lead.ts'
export { getLead, listLeads } from './leads/find-leads.ts'
export { type Lead, type LeadInput, LeadQuery } from './leads/lead.ts'
export type { Log } from './log.ts'
export type { Plugin } from './plugin.ts'
export { migrate, migrations, pendingMigrations } from './postgres/migrate.ts'
export { createPool } from './postgres/pool.ts'
export { sql } from './postgres/sql.ts'
export { isLostConnection } from './postgres/transaction.ts'
export { listSubmissions, type Submission } from './submissions/list-submissions.ts'
export type { Attribution, SubmissionInput, SubmissionResult } from './submissions/submission.ts'
