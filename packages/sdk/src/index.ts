export type {
  AssignmentRule,
  Attribution,
  Duplicate,
  ErrorCode,
  Event,
  Field,
  Issue,
  Lead,
  LeadField,
  LeadFieldInput,
  LeadFieldPatch,
  LeadInput,
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
  SpeedReport,
  Stage,
  SubmissionInput,
  SubmissionResult,
  Tag,
} from '@leadnest/core/contract'
export { createLeadNest, type LeadNest } from './client.ts'
export { LeadNestError } from './errors.ts'
export { createForms, type Forms, type FormWithToken } from './forms.ts'
export { type CallOptions, type ClientOptions, createIdempotencyKey } from './request.ts'
