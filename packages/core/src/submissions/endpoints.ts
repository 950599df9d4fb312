import * as v from 'valibot'
import { type Endpoint, page } from '../endpoint.ts'
import { Submission, SubmissionIds, SubmissionQuery } from './submission.ts'

const Submissions = v.object({ data: v.array(Submission) })

export const submissionEndpoints = {
  'GET /v1/submissions': {
    summary: 'What was sent, newest first: all, or by verdict, form and lead; ?verdict=held is what waits for a person',
    access: 'leads:read',
    query: SubmissionQuery,
    returns: page(Submission),
    errors: ['unknown_reference'],
  },
  'GET /v1/submissions/:id': {
    summary: 'One submission, with the reasons of its verdict',
    access: 'leads:read',
    returns: Submission,
  },
  'POST /v1/submissions/release': {
    summary: 'Let many through, all or none',
    access: 'leads:write',
    body: SubmissionIds,
    returns: Submissions,
    errors: ['unknown_reference'],
  },
  'POST /v1/submissions/spam': {
    summary: 'Take many for spam, all or none',
    access: 'leads:write',
    body: SubmissionIds,
    returns: Submissions,
    errors: ['submission_accepted', 'unknown_reference'],
  },
  'POST /v1/submissions/:id/release': {
    summary: 'Let through what was held or taken for spam: it becomes a lead, once, as if it had never waited',
    access: 'leads:write',
    returns: Submission,
  },
  'POST /v1/submissions/:id/spam': {
    summary: 'Take what was held for spam; a release brings it back',
    access: 'leads:write',
    returns: Submission,
    errors: ['submission_accepted'],
  },
} as const satisfies Record<string, Endpoint>
