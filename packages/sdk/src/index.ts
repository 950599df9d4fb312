export type {
  Attribution,
  ErrorCode,
  Event,
  Field,
  Issue,
  Lead,
  LeadInput,
  PublishedForm,
  SubmissionInput,
  SubmissionResult,
} from '@leadnest/core/contract'
export { createLeadNest, type FormWithToken, type LeadNest } from './client.ts'
export { LeadNestError } from './errors.ts'
export { type CallOptions, type ClientOptions, createIdempotencyKey } from './request.ts'
