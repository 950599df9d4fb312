export { createLeadNest, type LeadNest } from './client.ts'
export type {
  AssignmentRule,
  Attribution,
  BulkPreview,
  Duplicate,
  ErrorCode,
  Event,
  EventPage,
  EventType,
  Field,
  Issue,
  Job,
  Lead,
  LeadCount,
  LeadField,
  LeadFieldInput,
  LeadFieldPatch,
  LeadInput,
  LeadPage,
  LeadPatch,
  Member,
  MemberPatch,
  Merge,
  MergeResult,
  Note,
  Pipeline,
  PublishedForm,
  ScorePart,
  ScoreRule,
  Segment,
  SegmentInput,
  SegmentPatch,
  SpeedReport,
  Stage,
  SubmissionInput,
  SubmissionResult,
  Tag,
} from './contract.ts'
export { LeadNestError } from './errors.ts'
export type { FollowOptions } from './events.ts'
export { createForms, type Forms, type FormWithToken } from './forms.ts'
export type { WaitOptions } from './jobs.ts'
export type { KeyInput, Scope } from './keys.ts'
export {
  type Answered,
  type Attempt,
  type CallOptions,
  type ClientOptions,
  createIdempotencyKey,
  createRequest,
} from './request.ts'
export { type WebhookHeaders, type WebhookMessage, webhooks } from './webhooks.ts'
