import type * as v from 'valibot'
import { accountEndpoints } from './accounts/endpoints.ts'
import { ownEndpoints } from './accounts/own-endpoints.ts'
import { assignmentEndpoints } from './assignment/endpoints.ts'
import { bulkEndpoints } from './bulk/endpoints.ts'
import { channelEndpoints } from './channels/endpoints.ts'
import { confirmationEndpoints } from './confirmations/endpoints.ts'
import { consentEndpoints } from './consents/endpoints.ts'
import { conversationEndpoints } from './conversations/endpoints.ts'
import { duplicateEndpoints } from './duplicates/endpoints.ts'
import type { Schema } from './endpoint.ts'
import { eventEndpoints } from './events/endpoints.ts'
import { fieldEndpoints } from './fields/endpoints.ts'
import { formEndpoints } from './forms/endpoints.ts'
import { inviteEndpoints } from './invites/endpoints.ts'
import { jobEndpoints } from './jobs/endpoints.ts'
import { keyEndpoints } from './keys/endpoints.ts'
import { leadEndpoints } from './leads/endpoints.ts'
import { memberEndpoints } from './members/endpoints.ts'
import { mergeEndpoints } from './merges/endpoints.ts'
import { messageTemplateEndpoints } from './message-templates/endpoints.ts'
import { messageEndpoints } from './messages/endpoints.ts'
import { noteEndpoints } from './notes/endpoints.ts'
import { pipelineEndpoints } from './pipelines/endpoints.ts'
import { pluginEndpoints } from './plugins/endpoints.ts'
import { preferenceEndpoints } from './preferences/endpoints.ts'
import { privacyEndpoints } from './privacy/endpoints.ts'
import { privacyRequestEndpoints } from './privacy-requests/endpoints.ts'
import { receiptEndpoints } from './receipts/endpoints.ts'
import { reportEndpoints } from './reports/endpoints.ts'
import { scoreEndpoints } from './scores/endpoints.ts'
import { segmentEndpoints } from './segments/endpoints.ts'
import { submissionEndpoints } from './submissions/endpoints.ts'
import { suppressionEndpoints } from './suppressions/endpoints.ts'
import { tagEndpoints } from './tags/endpoints.ts'

/**
 * The HTTP API, in full; each noun's part stands in its folder. The server mounts it, the SDK calls it, OpenAPI prints
 * it; a route that is not in this table does not exist.
 */
export const contract = {
  ...accountEndpoints,
  ...ownEndpoints,
  ...bulkEndpoints,
  ...jobEndpoints,
  ...confirmationEndpoints,
  ...channelEndpoints,
  ...consentEndpoints,
  ...conversationEndpoints,
  ...duplicateEndpoints,
  ...eventEndpoints,
  ...fieldEndpoints,
  ...assignmentEndpoints,
  ...formEndpoints,
  ...inviteEndpoints,
  ...keyEndpoints,
  ...leadEndpoints,
  ...memberEndpoints,
  ...mergeEndpoints,
  ...messageEndpoints,
  ...messageTemplateEndpoints,
  ...noteEndpoints,
  ...pipelineEndpoints,
  ...preferenceEndpoints,
  ...privacyEndpoints,
  ...privacyRequestEndpoints,
  ...receiptEndpoints,
  ...pluginEndpoints,
  ...reportEndpoints,
  ...scoreEndpoints,
  ...segmentEndpoints,
  ...suppressionEndpoints,
  ...submissionEndpoints,
  ...tagEndpoints,
}

export type Contract = typeof contract
export type Route = keyof Contract

/** The `:names` in a route: `Params<'GET /v1/forms/:slug'>` is `{ slug: string }`. */
export type Params<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? { [Key in Name]: string } & Params<Rest>
  : Path extends `${string}:${infer Name}`
    ? { [Key in Name]: string }
    : Record<never, string>

/** The schema of a part of an endpoint, where it has one. */
export type PartOf<E, Name extends 'query' | 'body'> = E extends Record<Name, infer S extends Schema> ? S : never

/** What a caller of one of these endpoints sends: params, query and body, only those the route has. */
export type ArgsOf<Endpoints, R extends keyof Endpoints & string> = (keyof Params<R> extends never
  ? unknown
  : { params: Params<R> }) &
  ([PartOf<Endpoints[R], 'query'>] extends [never]
    ? unknown
    : { query: QueryInput<v.InferInput<PartOf<Endpoints[R], 'query'>>> }) &
  ([PartOf<Endpoints[R], 'body'>] extends [never] ? unknown : { body: v.InferInput<PartOf<Endpoints[R], 'body'>> })

export type ResultOf<Endpoints, R extends keyof Endpoints> = Endpoints[R] extends { returns: infer S extends Schema }
  ? v.InferOutput<S>
  : never

export type Args<R extends Route> = ArgsOf<Contract, R>

/** A query travels as text; a caller may write numbers, true and false. */
type QueryInput<Query> = {
  [Key in keyof Query]: Key extends 'limit' | 'wait'
    ? number | Query[Key]
    : NonNullable<Query[Key]> extends 'true' | 'false'
      ? boolean | Query[Key]
      : Query[Key]
}

/** What a handler receives: the same, parsed. */
export type Parsed<R extends Route> = {
  params: Params<R>
  query: [PartOf<Contract[R], 'query'>] extends [never] ? undefined : v.InferOutput<PartOf<Contract[R], 'query'>>
  body: [PartOf<Contract[R], 'body'>] extends [never] ? undefined : v.InferOutput<PartOf<Contract[R], 'body'>>
}

export type Result<R extends Route> = ResultOf<Contract, R>
export type { AssignmentRule, AssignmentRulePatch, NewAssignmentRule } from './assignment/rule.ts'
export type { BulkPreview } from './bulk/bulk.ts'
export type { ChannelSettings, ChannelSettingsPatch } from './channels/channel-settings.ts'
export type { ChannelView } from './channels/channel-view.ts'
export type { Consent, ConsentInput, ConsentState } from './consents/consent.ts'
export type { PublishedWording, WordingInput } from './consents/wording.ts'
export type { Conversation, ConversationPatch } from './conversations/conversation.ts'
export type { Duplicate } from './duplicates/duplicate.ts'
export type { Endpoint } from './endpoint.ts'
export type { ErrorCode, Issue } from './errors.ts'
export type { Event, EventPage, EventType } from './events/event.ts'
export type { OwnEvent } from './events/own-event.ts'
export type { Decision } from './explain/explanation.ts'
export type { LeadField, LeadFieldInput, LeadFieldPatch } from './fields/field.ts'
export type { Field, Form, FormPatch, NewForm, PublishedForm } from './forms/form.ts'
export type { Invite } from './invites/invite.ts'
export type { Job } from './jobs/job.ts'
export type { ApiKey, ApiKeyPatch } from './keys/api-key.ts'
export type { Lead, LeadCount, LeadInput, LeadPage, LeadPatch } from './leads/lead.ts'
export type { Member, MemberPatch } from './members/member.ts'
export type { Merge, MergeResult, UndoneMerge } from './merges/merge.ts'
export type {
  MessageTemplate,
  MessageTemplateInput,
  MessageTemplatePatch,
} from './message-templates/template.ts'
export type { Message, MessageInput, MessageStatus } from './messages/message.ts'
export type { MessagePreview, PreviewInput } from './messages/preview.ts'
export type { Note } from './notes/note.ts'
export type { Pipeline, PipelineInput, Stage } from './pipelines/pipeline.ts'
export type { PluginPatch, PluginView } from './plugins/plugin-view.ts'
export type { Setting } from './plugins/setting.ts'
export type { ClearingPreview } from './privacy/clearing.ts'
export type { Erasure } from './privacy/erasure.ts'
export type { LeadExport } from './privacy/lead-export.ts'
export type { Retention } from './privacy/retention.ts'
export type { PrivacyRequest } from './privacy-requests/request.ts'
export type { ReceiptCheck, ReceiptClaims, ReceiptStatus } from './receipts/receipt.ts'
export type { SpeedReport } from './reports/speed.ts'
export type { LeadScore, NewScoreRule, ScorePart, ScoreRule, ScoreRulePatch } from './scores/rule.ts'
export type { Segment, SegmentInput, SegmentPatch } from './segments/segment.ts'
export type { Attribution, Submission, SubmissionInput, SubmissionResult } from './submissions/submission.ts'
export type { Suppression, SuppressionInput } from './suppressions/suppression.ts'
export type { Tag } from './tags/tag.ts'
