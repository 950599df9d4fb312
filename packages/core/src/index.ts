export {
  type Hours,
  type Me,
  Role,
  Scope,
  type User,
  type Workspace,
  type WorkspaceSettings,
  WorkspaceSettingsPatch,
} from './accounts/account.ts'
export {
  endAppSession,
  findAppSession,
  openAppSession,
  type RefreshToken,
  refreshSession,
} from './accounts/app-sessions.ts'
export { everyWorkspace } from './accounts/every-workspace.ts'
export { limitLogins } from './accounts/login-limit.ts'
export { OwnAccountPatch, type OwnSession, PersonName } from './accounts/own.ts'
export {
  changePassword,
  endAllSessions,
  endOwnSession,
  listOwnSessions,
  updateOwnAccount,
} from './accounts/own-account.ts'
export { createPasswordReset, findPasswordReset, resetLink, resetPassword } from './accounts/password-reset.ts'
export { demand, describe, findMember, type Principal } from './accounts/principal.ts'
export {
  endSession,
  findSession,
  openSession,
  type Session,
  type SessionToken,
  switchWorkspace,
} from './accounts/sessions.ts'
export { authenticate, beginSignIn, finishSignIn, readTicket, signIn } from './accounts/sign-in.ts'
export { beginTotp, confirmTotp, disableTotp, getTotp } from './accounts/totp.ts'
export { createUser, disableUser, findUser, needsSetup, setPassword, setUpOwner, setupToken } from './accounts/users.ts'
export { getWorkspaceSettings, updateWorkspaceSettings } from './accounts/workspace-settings.ts'
export { createWorkspace, firstWorkspace, isBoundByRowSecurity } from './accounts/workspaces.ts'
export { assignLeads, assignWaiting } from './assignment/assign-leads.ts'
export type { AssignmentRule, AssignmentRulePatch, NewAssignmentRule } from './assignment/rule.ts'
export {
  createAssignmentRule,
  deleteAssignmentRule,
  listAssignmentRules,
  updateAssignmentRule,
} from './assignment/rules.ts'
export type { BulkInput, BulkPreview } from './bulk/bulk.ts'
export { startBulk } from './bulk/start-bulk.ts'
export type { ChannelSettings, ChannelSettingsPatch } from './channels/channel-settings.ts'
export type { ChannelView } from './channels/channel-view.ts'
export { listChannels, updateChannel } from './channels/channels.ts'
export { confirmSubmission, findConfirmation } from './confirmations/confirm.ts'
export type { Confirmation, LinkState } from './confirmations/confirmation.ts'
export { type LinksMade, listConfirmationLinks } from './confirmations/list-links.ts'
export { confirmationLink, makeConfirmationLink } from './confirmations/make-link.ts'
export type { Consent, ConsentInput, ConsentPage, ConsentState } from './consents/consent.ts'
export { type GivenWording, hashOfWording, type Payload } from './consents/entry.ts'
export { eraseConsents } from './consents/erase-consents.ts'
export { checkEvidence, type Evidence, type ProvenEntry, proveConsents } from './consents/evidence.ts'
export { beginLedgers, type Head, readHead } from './consents/head.ts'
export { listConsents } from './consents/list-consents.ts'
export { addConsent, recordConsent, type Said } from './consents/record-consent.ts'
export { sealAll, sealConsents } from './consents/seal.ts'
export { type Failure, refusalOfKept, type Verification, verifyConsents } from './consents/verify.ts'
export type { PublishedWording, WordingInput } from './consents/wording.ts'
export { checkGiven, findWordings, type Given, setWordings, type Wording } from './consents/wordings.ts'
export type { Conversation, ConversationPatch, ConversationQuery } from './conversations/conversation.ts'
export { countUnread, getConversation, listConversations } from './conversations/list-conversations.ts'
export { receive } from './conversations/receive.ts'
export { updateConversation } from './conversations/update-conversation.ts'
export { type Core, type CoreOptions, createCore } from './core.ts'
export type { Duplicate } from './duplicates/duplicate.ts'
export { dismissDuplicate, listDuplicates } from './duplicates/find-duplicates.ts'
export { type ErrorCode, type Issue, invalid, LeadNestError, notFound } from './errors.ts'
export type { Actor, By, Event, EventPage, EventType, Source } from './events/event.ts'
export { listTimeline } from './events/list-timeline.ts'
export type { OwnEvent } from './events/own-event.ts'
export { pullEvents } from './events/pull-events.ts'
export { readableTypes } from './events/readable.ts'
export { trackEvent } from './events/track-event.ts'
export { explainLead } from './explain/explain-lead.ts'
export type { Decision } from './explain/explanation.ts'
export { listExportColumns } from './exports/columns.ts'
export type { Export } from './exports/export.ts'
export { exportPowersOf } from './exports/export-powers-of.ts'
export type { ExportColumn } from './exports/exporter.ts'
export { type ExportFormat, exportFormats } from './exports/formats.ts'
export { getExport, openExport } from './exports/get-export.ts'
export type { LeadField, LeadFieldInput, LeadFieldPatch } from './fields/field.ts'
export { createField, listFields, updateField } from './fields/fields.ts'
export { attachment } from './files/attachment.ts'
export type { ByteRange, Bytes, NewFile, StoredFile } from './files/file.ts'
export type { ObjectStoreOptions } from './files/object-store.ts'
export { type OpenFile, openFile } from './files/open-file.ts'
export { removeFile } from './files/remove-file.ts'
export { streamOf } from './files/stream.ts'
export { writeFile } from './files/write-file.ts'
export { contactForm, createForm, insertForm } from './forms/create-form.ts'
export { type FoundForm, findForm, getForm, listForms, publish } from './forms/find-form.ts'
export { Field, type Form, FormPatch, FormSlug, type NewForm, type PublishedForm } from './forms/form.ts'
export { issueFormToken, readFormToken, tokenLifetime } from './forms/form-token.ts'
export { updateForm } from './forms/update-form.ts'
export { isId, newId } from './id.ts'
export {
  Answered,
  type Claim,
  claimAnswer,
  holdClaim,
  inFlightAlone,
  keepAnswer,
  releaseClaim,
  rememberingCore,
  type StoredAnswer,
} from './idempotency/answers.ts'
export { once } from './idempotency/once.ts'
export {
  fingerprintOf,
  type IdempotencyKey,
  idsIn,
  keyedFingerprint,
  readIdempotencyKey,
} from './idempotency/records.ts'
export { readImportNames } from './imports/get-import.ts'
export { importPowersOf } from './imports/import-powers-of.ts'
export { acceptInvite, findInvite, type OpenInvite } from './invites/accept-invite.ts'
export { type Invite, NewInvite } from './invites/invite.ts'
export { createInvite, inviteLink, listInvites, revokeInvite } from './invites/invites.ts'
export { cancelJob } from './jobs/cancel-job.ts'
export { mayChange } from './jobs/change-job.ts'
export { getJob, listJobs } from './jobs/find-jobs.ts'
export type { Job } from './jobs/job.ts'
export { resumeJobs, runJob } from './jobs/run-job.ts'
export { crontab, tasks, type WhosePlugins } from './jobs/tasks.ts'
export { undoJob } from './jobs/undo-job.ts'
export { type PublicKeys, readJwks, readJws, type Signer, signJws } from './jws.ts'
export { type ApiKey, type ApiKeyPatch, NewApiKey } from './keys/api-key.ts'
export { createApiKey, giveApiKey, listApiKeys, revokeApiKey, updateApiKey } from './keys/api-keys.ts'
export { findApiKey } from './keys/find-api-key.ts'
export { captureLead, type Door } from './leads/capture-lead.ts'
export { createLead } from './leads/create-lead.ts'
export { getLead } from './leads/find-leads.ts'
export { type Lead, type LeadCount, type LeadInput, type LeadPage, type LeadPatch, LeadQuery } from './leads/lead.ts'
export { listLeads } from './leads/list-leads.ts'
export { countries } from './leads/phone.ts'
export { type Selection, selectLeads } from './leads/select-leads.ts'
export { deleteLead, updateLead } from './leads/update-lead.ts'
export { askPasswordReset } from './links/ask-password-reset.ts'
export { canSendLinks } from './links/offer-link.ts'
export type { Log } from './log.ts'
export { admitMember, removeMember, updateMember } from './members/change-members.ts'
export { listMembers } from './members/list-members.ts'
export { isAbsent, type Member, type MemberPatch, type NewMember } from './members/member.ts'
export type { Merge, MergeResult, UndoneMerge } from './merges/merge.ts'
export { mergeLeads } from './merges/merge-leads.ts'
export { listMerges, undoDays, undoMerge } from './merges/undo-merge.ts'
export type {
  MessageTemplate,
  MessageTemplateInput,
  MessageTemplatePatch,
} from './message-templates/template.ts'
export {
  createMessageTemplate,
  deleteMessageTemplate,
  listMessageTemplates,
  updateMessageTemplate,
} from './message-templates/templates.ts'
export { cancelMessage } from './messages/cancel-message.ts'
export { getMessage, listMessages } from './messages/list-messages.ts'
export { lookAfterMessages } from './messages/look-after-messages.ts'
export { type Message, MessageInput, type MessageStatus } from './messages/message.ts'
export { openMedia } from './messages/open-media.ts'
export type { MessagePreview, PreviewInput } from './messages/preview.ts'
export { previewMessage } from './messages/preview-message.ts'
export { sendMessage } from './messages/send-message.ts'
export { type Note, NoteInput } from './notes/note.ts'
export { addNote, deleteNote, editNote, listNotes } from './notes/notes.ts'
export { parse } from './parse.ts'
export { type Pipeline, PipelineInput, type Stage } from './pipelines/pipeline.ts'
export { createPipeline, deletePipeline, listPipelines, replacePipeline } from './pipelines/pipelines.ts'
export type { OfferedAction } from './plugins/action.ts'
export { answerApi } from './plugins/answer-api.ts'
export { answerPage, type PageRoute, pageScope } from './plugins/answer-page.ts'
export { endpointsOf } from './plugins/api.ts'
export { leadnestVersion, problemsOf } from './plugins/check-plugins.ts'
export type { Plugin } from './plugins/define-plugin.ts'
export { drawPanels } from './plugins/draw-panels.ts'
export { type Html, isHtml, madeHtml } from './plugins/html.ts'
export { type InstalledPlugin, listInstalled, seePlugins } from './plugins/installed.ts'
export { migratePlugins, pendingPluginMigrations } from './plugins/migrate-plugins.ts'
export { type FieldScript, fieldScripts } from './plugins/own-fields.ts'
export type { MenuPage, PageAnswer, PageCall } from './plugins/page.ts'
export type { DrawnPanel } from './plugins/panel.ts'
export type { Parts } from './plugins/parts.ts'
export { fitOfWorkspaces, type PluginPlan, planPlugin, type WorkspaceFit } from './plugins/plan-plugin.ts'
export { answerRoute, isSigned } from './plugins/plugin-routes.ts'
export type { PluginPatch, PluginView } from './plugins/plugin-view.ts'
export { publishFields } from './plugins/publish-fields.ts'
export { actionsFor, checkAction, runAction } from './plugins/run-action.ts'
export { checkPlugin } from './plugins/run-plugin.ts'
export { fieldsOf, type Setting, type SettingValue } from './plugins/setting.ts'
export { type ShadowOutcome, type ShadowRun, shadowRun } from './plugins/shadow-run.ts'
export { getPlugin, keepPluginSecrets, listPlugins, updatePlugin } from './plugins/states.ts'
export { findPluginData, type PluginData, uninstallPlugin } from './plugins/uninstall-plugin.ts'
export { migrate, migrations, pendingMigrations } from './postgres/migrate.ts'
export { createPool } from './postgres/pool.ts'
export { sql } from './postgres/sql.ts'
export { isLostConnection } from './postgres/transaction.ts'
export { changePreferences, unsubscribe } from './preferences/change-preferences.ts'
export { findPreferences } from './preferences/find-preferences.ts'
export { preferenceLink, preferenceToken, readPreferenceToken, unsubscribeHeaders } from './preferences/link.ts'
export { makePreferenceLink, makeProvingLink } from './preferences/make-link.ts'
export { maskAddress } from './preferences/mask.ts'
export type { Preference, PreferenceLink, Preferences } from './preferences/preference.ts'
export { clearForms } from './privacy/clear-forms.ts'
export type { ClearingPreview } from './privacy/clearing.ts'
export { eraseLead, finishErasure } from './privacy/erase-lead.ts'
export { type Erasure, ErasureReason } from './privacy/erasure.ts'
export { exportLead } from './privacy/export-lead.ts'
export type { LeadExport } from './privacy/lead-export.ts'
export { previewClearing } from './privacy/preview-clearing.ts'
export type { Retention } from './privacy/retention.ts'
export { askPrivacy } from './privacy-requests/ask.ts'
export { countPrivacyRequests, getPrivacyRequest, listPrivacyRequests } from './privacy-requests/list-requests.ts'
export { exportOwnData } from './privacy-requests/own-export.ts'
export type { PrivacyRequest, PrivacyRequestQuery, RequestKind } from './privacy-requests/request.ts'
export { confirmPrivacyRequest, refusePrivacyRequest } from './privacy-requests/settle-request.ts'
export { checkReceipt, findReceipt } from './receipts/find-receipt.ts'
export { readReceipt } from './receipts/read-receipt.ts'
export type { ReceiptCheck, ReceiptClaims, ReceiptStatus } from './receipts/receipt.ts'
export { createRecent, type Recent } from './recent.ts'
export type { LeadSpeed, SpeedQuery, SpeedReport } from './reports/speed.ts'
export { listLeadSpeed, reportSpeed } from './reports/speed-to-lead.ts'
export { rescore } from './scores/rescore.ts'
export type { LeadScore, NewScoreRule, ScorePart, ScoreRule, ScoreRulePatch } from './scores/rule.ts'
export { createScoreRule, deleteScoreRule, listScoreRules, updateScoreRule } from './scores/rules.ts'
export { getLeadScore, scoreLeads } from './scores/score-leads.ts'
export { createKeyring, type Keyring } from './secrets.ts'
export type { Segment, SegmentInput, SegmentPatch } from './segments/segment.ts'
export { createSegment, deleteSegment, getSegment, listSegments, updateSegment } from './segments/segments.ts'
export { SpamSettings } from './spam/settings.ts'
export type { Client } from './spam/trace.ts'
export { blankSubmissions } from './submissions/blank-submissions.ts'
export { countHeld, findSubmissions, getSubmission, listSubmissions } from './submissions/list-submissions.ts'
export { markManySpam, markSpam } from './submissions/mark-spam.ts'
export { releaseIn, releaseSubmission, releaseSubmissions } from './submissions/release.ts'
export { Attribution, type Submission, SubmissionInput, type SubmissionResult } from './submissions/submission.ts'
export { type Reason, reasons, type Verdict } from './submissions/verdict.ts'
export { assertSendable, isSuppressed, isSuppressedIn, type Target } from './suppressions/suppressed.ts'
export type { Suppression, SuppressionInput } from './suppressions/suppression.ts'
export {
  addSuppression,
  forgetAddresses,
  liftSuppression,
  listSuppressions,
  removeSuppression,
  suppress,
} from './suppressions/suppressions.ts'
export { type Tag, TagName } from './tags/tag.ts'
export { listTags, tagLead } from './tags/tag-lead.ts'
